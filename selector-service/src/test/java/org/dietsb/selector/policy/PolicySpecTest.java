package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dietsb.selector.policy.PolicySpec.Batching;
import org.dietsb.selector.policy.PolicySpec.DietOrder;
import org.dietsb.selector.policy.PolicySpec.Kind;
import org.dietsb.selector.policy.PolicySpec.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySpecTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, -.5, 1.5, Double.NaN})
    void refusesAKeepOutsideItsRange(double keep) {
        assertThatThrownBy(() -> spec(Kind.SELECTIVE, keep, 1024, 0, null))
                .hasMessage("keep is " + keep + ", allowed is (0, 1]");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, -.5, Double.NaN})
    void refusesADietOutsideItsRange(double prePruned) {
        assertThatThrownBy(() -> spec(Kind.DIET_RANDOM, .5, 1024, prePruned, "scores"))
                .hasMessage("prePruned is " + prePruned + ", allowed is [0, 1)");
    }

    @Test
    void refusesADietWithoutScoresAndForgetsScoresThatItDoesNotNeed() {
        assertThatThrownBy(() -> spec(Kind.DIET_SELECTIVE, .5, 1024, .25, null))
                .hasMessageStartingWith("scoreSet is missing");
        assertThat(spec(Kind.SELECTIVE, .5, 1024, 0, "scores").scoreSet()).isNull();
    }

    @Test
    void refusesAnEmptyHistoryOnlyWhereThereIsOneToKeep() {
        assertThatThrownBy(() -> percentile(0)).hasMessage("historySize is 0, allowed is [1, 1000000]");
        assertThat(spec(Kind.RANDOM, .5, 0, 0, null).batchRule().wantsLosses()).isFalse();
    }

    @Test
    void isUnfitForBatchesThatItsHistoryCannotHold() {
        assertThat(percentile(100).unfitFor(128))
                .isEqualTo("historySize is 100, allowed is at least the batch size, 128");
        assertThat(percentile(128).unfitFor(128)).isEmpty();
        assertThat(spec(Kind.SELECTIVE, .5, 100, 0, null).unfitFor(128)).isEmpty();
    }

    @Test
    void judgesByTheRuleOfItsKind() {
        assertThat(PolicySpec.BASELINE.batchRule()).isInstanceOf(Baseline.class);
        assertThat(spec(Kind.SELECTIVE, 1, 1024, 0, null).batchRule()).isInstanceOf(Baseline.class);
        assertThat(spec(Kind.RANDOM, .5, 1024, 0, null).batchRule()).isEqualTo(new RandomBackprop(.5));
        assertThat(spec(Kind.DIET_RANDOM, .5, 1024, .25, "s").batchRule()).isEqualTo(new RandomBackprop(.5));
        assertThat(spec(Kind.DIET_SELECTIVE, .5, 1024, .25, "s").batchRule()).isEqualTo(new RankSelective(.5));
        assertThat(spec(Kind.DIET, 1, 1024, .25, "s").batchRule()).isInstanceOf(Baseline.class);
        assertThat(percentile(64).batchRule()).isEqualTo(new PercentileSelective(.5, 64));
    }

    private static PolicySpec percentile(int historySize) {
        return new PolicySpec(
                Kind.SELECTIVE,
                .5,
                Rule.PERCENTILE,
                historySize,
                Batching.SHRINK,
                1,
                1,
                0,
                1,
                0,
                0,
                DietOrder.LOWEST,
                false,
                null);
    }

    private static PolicySpec spec(Kind kind, double keep, int historySize, double prePruned, @Nullable String scores) {
        return new PolicySpec(
                kind,
                keep,
                Rule.RANK,
                historySize,
                Batching.SHRINK,
                1,
                1,
                0,
                1,
                0,
                prePruned,
                DietOrder.LOWEST,
                false,
                scores);
    }
}
