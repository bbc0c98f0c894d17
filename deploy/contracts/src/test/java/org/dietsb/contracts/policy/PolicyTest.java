package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dietsb.contracts.field.Numbers;
import org.dietsb.contracts.policy.Policy.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, -.5, 1.5, Double.NaN})
    void rejectsAKeepOutsideItsRange(double keep) {
        assertThatThrownBy(Policy.ofKind(PolicyKind.SELECTIVE).keep(keep)::build)
                .hasMessage("keep is " + Numbers.words(keep) + ", allowed is (0, 1]");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, -.5, Double.NaN})
    void rejectsADietOutsideItsRange(double prePruned) {
        assertThatThrownBy(
                        Policy.ofKind(PolicyKind.DIET_RANDOM).scoreSet("scores").prePruned(prePruned)::build)
                .hasMessage("prePruned is " + Numbers.words(prePruned) + ", allowed is [0, 1)");
    }

    @Test
    void rejectsADietWithoutScoresAndDropsScoresThatItDoesNotNeed() {
        assertThatThrownBy(Policy.ofKind(PolicyKind.DIET_SELECTIVE)::build)
                .hasMessageStartingWith("scoreSet is missing");
        assertThat(Policy.ofKind(PolicyKind.SELECTIVE)
                        .scoreSet("scores")
                        .build()
                        .scoreSet())
                .isNull();
    }

    @Test
    void rejectsAnEmptyHistoryOnlyIfThereIsOneToKeep() {
        assertThatThrownBy(() -> percentile(0)).hasMessage("historySize is 0, allowed is [1, 1000000]");
        assertThat(Policy.ofKind(PolicyKind.RANDOM).historySize(0).build().historySize())
                .isZero();
    }

    @Test
    void isUnfitForBatchesThatItsHistoryCannotHold() {
        assertThat(percentile(100).unfitFor(128))
                .isEqualTo("historySize is 100, allowed is at least the batch size, 128");
        assertThat(percentile(128).unfitFor(128)).isEmpty();
        assertThat(percentile(100).but().keep(1).build().unfitFor(128)).isEmpty();
        assertThat(Policy.ofKind(PolicyKind.SELECTIVE).historySize(100).build().unfitFor(128))
                .isEmpty();
    }

    @Test
    void aCopyDiffersOnlyInWhatIsSet() {
        Policy policy = Policy.ofKind(PolicyKind.DIET_SELECTIVE)
                .keep(.3)
                .rule(Rule.PERCENTILE)
                .historySize(77)
                .batching(Policy.Batching.ACCUMULATE)
                .lossesEvery(2)
                .selectionScale(.5)
                .start(.1)
                .end(.9)
                .interrupt(4)
                .prePruned(.2)
                .order(Policy.DietOrder.HIGHEST)
                .balanced(true)
                .scoreSet("own:3")
                .build();
        assertThat(policy.but().build()).isEqualTo(policy);
        assertThat(policy.but().keep(.4).build()).isNotEqualTo(policy);
        Policy replay = Policy.ofKind(PolicyKind.REPLAY).of("run").build();
        assertThat(replay.but().of("run@0123456789abcdef").build().of()).isEqualTo("run@0123456789abcdef");
        Policy proxy = Policy.ofKind(PolicyKind.SELECTIVE).proxy("resnet8").build();
        assertThat(proxy.but().build()).isEqualTo(proxy);
    }

    @Test
    void namesTheScoresOfItsDiet() {
        Policy own = Policy.ofKind(PolicyKind.DIET).scoreSet("own:12").build();
        assertThat(own.ownEpochs()).isEqualTo(12);
        assertThat(own.scoresOf("run-1")).isEqualTo("run-1.own");
        Policy named = Policy.ofKind(PolicyKind.DIET).scoreSet("set").build();
        assertThat(named.ownEpochs()).isZero();
        assertThat(named.scoresOf("run-1")).isEqualTo("set");
        assertThat(Policy.BASELINE.scoresOf("run-1")).isNull();
    }

    private static Policy percentile(int historySize) {
        return Policy.ofKind(PolicyKind.SELECTIVE)
                .rule(Rule.PERCENTILE)
                .historySize(historySize)
                .build();
    }
}
