package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;

class ReducibleLossTest {

    private static int[] kept(double keep, float[] losses, float[] references) {
        return new ReducibleLoss(keep)
                .select(new Batch(1, 1, 0, losses.length, losses, references), new LossHistory(1));
    }

    @Test
    void keepsTheLossesThatExceedTheReferenceMost() {
        // Given: the card's example, with reducible losses 1.5, 0, 0.1, 0.8.
        float[] losses = {2, .1f, 3, 1};
        float[] references = {.5f, .1f, 2.9f, .2f};

        assertThat(kept(.5, losses, references)).containsExactly(0, 3);
        assertThat(kept(.75, losses, references)).containsExactly(0, 2, 3);
        assertThat(kept(.01, losses, references)).as("at least one").containsExactly(0);
        assertThat(kept(.5, losses, new float[4]))
                .as("without a reference that knows anything, the highest losses")
                .containsExactly(0, 2);
        assertThat(kept(.5, new float[] {.1f, .2f}, new float[] {3, 4}))
                .as("where the reference does worse everywhere, the least below it")
                .containsExactly(0);
        assertThat(new ReducibleLoss(.5).probabilities(new Batch(1, 1, 0, 4, losses, references), new LossHistory(1)))
                .containsExactly(1, 0, 0, 1);
    }

    @Test
    void ofEqualLossesTheLaterAreKept() {
        assertThat(kept(.5, new float[] {1, 1, 1, 1}, new float[4])).containsExactly(2, 3);
        assertThat(kept(.5, new float[] {2, 1, 3, 1}, new float[] {1, 0, 2, .5f}))
                .as("1, 1, 1, 0.5")
                .containsExactly(1, 2);
    }

    @Test
    void agreesWithASortOfTheDifferences() {
        Random random = new Random(5);
        for (int n = 1; n <= 1_500; n += n < 40 ? 1 : 173) {
            for (double keep : new double[] {.1, 1 / 3., .5, .9}) {
                float[] losses = new float[n];
                float[] references = new float[n];
                for (int i = 0; i < n; i++) {
                    // Few values: many differences are equal.
                    losses[i] = random.nextInt(12) / 4f;
                    references[i] = random.nextInt(12) / 4f;
                }
                List<Integer> places =
                        new ArrayList<>(IntStream.range(0, n).boxed().toList());
                places.sort(Comparator.comparingDouble((Integer i) -> references[i] - losses[i])
                        .thenComparing(Comparator.reverseOrder()));
                int m = Math.max(1, (int) Math.floor(keep * n + .5 + 1e-9));

                assertThat(kept(keep, losses, references))
                        .containsExactly(places.subList(0, m).stream()
                                .mapToInt(Integer::intValue)
                                .sorted()
                                .toArray());
            }
        }
    }

    @Test
    void isTheRuleOfRhoAndLeavesTheLossesToAPolicyThatFollows() {
        BatchRule rule =
                BatchRule.of(Policy.ofKind(PolicyKind.RHO).scoreSet("s").build());
        assertThat(rule).isEqualTo(new ReducibleLoss(.5));
        assertThat(rule.wantsLosses()).isTrue();
        assertThat(BatchRule.of(
                        Policy.ofKind(PolicyKind.RHO).keep(1).scoreSet("s").build()))
                .isInstanceOf(Baseline.class);
        LossHistory history = new LossHistory(8);
        var unused = rule.select(new Batch(1, 1, 0, 2, new float[] {3, 1}, new float[] {2, 2}), history);
        assertThat(history.all()).containsExactly(3, 1);
        assertThatThrownBy(() -> rule.select(new Batch(1, 1, 0, 2, new float[2]), history))
                .hasMessage("0 reference losses for 2 losses");
    }
}
