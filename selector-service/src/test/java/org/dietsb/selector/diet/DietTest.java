package org.dietsb.selector.diet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.selector.policy.RefusalException;
import org.junit.jupiter.api.Test;

class DietTest {
    private static final float[] SCORES = {.9f, .1f, .5f, .1f, .7f, .3f, 1.2f, .05f};
    private static final ScoreSet EIGHT = new ScoreSet("s", "f", SCORES, new int[] {0, 0, 0, 0, 1, 1, 1, 1});

    @Test
    void dropsTheLowestScoresTiesByLowerIndex() {
        assertThat(dropped(new Diet(.25, DietOrder.LOWEST, false), EIGHT)).containsExactly(1, 7);
    }

    @Test
    void dropsTheHighestAsAControl() {
        assertThat(dropped(new Diet(.25, DietOrder.HIGHEST, false), EIGHT)).containsExactly(0, 6);
    }

    @Test
    void dropsTheSameShareOfEachClassWhenBalanced() {
        assertThat(dropped(new Diet(.5, DietOrder.LOWEST, true), EIGHT)).containsExactly(1, 3, 5, 7);
        assertThat(dropped(new Diet(.49, DietOrder.LOWEST, true), EIGHT)).containsExactly(1, 7);
    }

    @Test
    void aBalancedDietNeedsLabels() throws Exception {
        ScoreSet bare = new ScoreSet("bare", "f00d", new float[] {.2f, .1f, .4f, .3f, .5f, .6f, .7f, .8f}, new int[0]);
        assertThat(dropped(new Diet(.5, DietOrder.LOWEST, false), bare.forDiet(false)))
                .containsExactly(0, 1, 2, 3);
        assertThatThrownBy(() -> bare.forDiet(true))
                .isInstanceOf(RefusalException.class)
                .hasMessage(
                        "score set bare has no labels, which a balanced diet needs: allowed is balanced=false, or a "
                                + "set with labels");
    }

    @Test
    void dropsTheSameShareOfEachOf25000ClassesAndOfALargeOne() {
        // Given: every second example is of class 70,000; the others are of 25,000 classes. Many scores are equal.
        int n = 500_000;
        Random random = new Random(1);
        float[] scores = new float[n];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
            scores[i] = random.nextInt(50) / 40f;
            labels[i] = i % 2 == 0 ? 70_000 : random.nextInt(25_000);
        }
        // Then
        for (DietOrder order : new DietOrder[] {DietOrder.LOWEST, DietOrder.HIGHEST}) {
            BitSet expected = new BitSet();
            IntStream.range(0, n)
                    .boxed()
                    .collect(Collectors.groupingBy(i -> labels[i]))
                    .forEach((label, group) -> group.stream()
                            .sorted(Comparator.comparingDouble(
                                            (Integer i) -> order == DietOrder.LOWEST ? scores[i] : -(double) scores[i])
                                    .thenComparingInt(i -> i))
                            .skip((long) (.3 * group.size() + 1e-9))
                            .forEach(expected::set));
            BitSet kept = new Diet(.3, order, true).kept(n, 7, new ScoreSet("s", "f", scores, labels));
            assertThat(kept.equals(expected)).isTrue();
        }
    }

    @Test
    void dropsAtRandomBySeedWithoutScores() {
        Diet diet = new Diet(.25, DietOrder.RANDOM, false);
        BitSet kept = diet.kept(1000, 3, null);
        assertThat(kept.cardinality()).isEqualTo(750);
        assertThat(diet.kept(1000, 3, null)).isEqualTo(kept);
        assertThat(diet.kept(1000, 4, null)).isNotEqualTo(kept);
    }

    @Test
    void dropsExactlyTheFloorOfTheShare() {
        for (double q : new double[] {0, .1, .25, .3, 1 / 3., .5, .7, .999}) {
            for (int n : new int[] {1, 2, 3, 10, 99, 100, 1000}) {
                assertThat(n
                                - new Diet(q, DietOrder.RANDOM, false)
                                        .kept(n, 1, null)
                                        .cardinality())
                        .as("%s of %d", q, n)
                        .isEqualTo((int) Math.floor(q * n + 1e-9));
            }
        }
        // .3 * 10 is a little less than 3 in some orders of multiplication, .7 * 10 is: 3 and 7 are meant.
        assertThat(new Diet(.7, DietOrder.RANDOM, false).kept(10, 1, null).cardinality())
                .isEqualTo(3);
    }

    @Test
    void needsScoresUnlessItIsRandom() {
        assertThatThrownBy(() -> new Diet(.25, DietOrder.LOWEST, false).kept(8, 1, null))
                .hasMessageContaining("EL2N");
    }

    private static int[] dropped(Diet diet, ScoreSet scores) {
        BitSet kept = diet.kept(8, 1, scores);
        return IntStream.range(0, 8).filter(i -> !kept.get(i)).toArray();
    }
}
