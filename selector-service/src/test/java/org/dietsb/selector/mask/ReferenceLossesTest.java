package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.OneScoreSet;
import org.dietsb.trainer.wire.AttemptOpened;
import org.junit.jupiter.api.Test;

/** A run is judged by the losses of a score set, each example by its own, wherever it is in a batch. */
class ReferenceLossesTest {
    private static final int EXAMPLES = 12;
    /** All losses are 3; the reference knows the even examples, the later the better. */
    private static final LossEpoch EPOCH = new LossEpoch(
            1, List.of(new int[] {11, 0, 10, 1}, new int[] {2, 9, 3, 8}, new int[] {7, 6, 5, 4}), constant(3));

    private static float[] constant(float value) {
        float[] values = new float[EXAMPLES];
        IntStream.range(0, EXAMPLES).forEach(index -> values[index] = value);
        return values;
    }

    private static ScoreSet references(String fingerprint) {
        float[] losses = new float[EXAMPLES];
        IntStream.range(0, EXAMPLES).forEach(index -> losses[index] = index % 2 == 0 ? index / 4f : 2.9f);
        return new ScoreSet("references", fingerprint, losses, new int[0], "last-loss");
    }

    private static Rehearsal run(Policy policy, String fingerprint) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(1)
                .setEpochs(4)
                .setBatchSize(4)
                .setWindow(4);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return new Rehearsal(
                "run", opened.build(), policy, new OneScoreSet(references(fingerprint)), TestConfig.of(Map.of()));
    }

    private static Policy policy(String scoreSet) {
        return Policy.ofKind(PolicyKind.RHO).keep(.25).scoreSet(scoreSet).build();
    }

    @Test
    void keepsOfEachBatchWhatExceedsItsReferenceMost() throws Exception {
        try (Rehearsal run = run(policy("references"), "images")) {
            Rehearsal.Epoch epoch = run.next(EPOCH);
            assertThat(epoch.selected()).isEqualTo(bits(0, 2, 4));
            assertThat(epoch.judged()).as("each example has a selection pass").isEqualTo(EXAMPLES);
        }
    }

    @Test
    void lossesOfAnEarlierEpochHaveTheirReferencesToo() throws Exception {
        Policy stale = policy("references").but().lossesEvery(2).build();
        try (Rehearsal run = run(stale, "images")) {
            assertThat(run.next(EPOCH).selected()).isEqualTo(bits(0, 2, 4));
            LossEpoch second = new LossEpoch(
                    2, List.of(new int[] {0, 2, 4, 6}, new int[] {1, 3, 5, 8}, new int[] {7, 9, 11, 10}), constant(1));
            Rehearsal.Epoch judged = run.next(second);
            assertThat(judged.selected()).isEqualTo(bits(0, 8, 10));
            assertThat(judged.judged()).isZero();
        }
    }

    @Test
    void aSetOfAnotherDatasetOrNoneIsRefusedBeforeTheFirstBatch() throws Exception {
        try (Rehearsal unknown = run(policy("others"), "images");
                Rehearsal ofAnother = run(policy("references"), "other images")) {
            assertThatThrownBy(() -> unknown.next(EPOCH))
                    .isInstanceOf(RefusalException.class)
                    .hasMessage("score set others is unknown");
            assertThatThrownBy(() -> ofAnother.next(EPOCH))
                    .isInstanceOf(RefusalException.class)
                    .hasMessage("score set references is of another dataset than this run's");
        }
    }

    @Test
    void scoresThatAreNoLossesAreRefused() throws Exception {
        ScoreSet el2n = new ScoreSet("el2n", "images", constant(1), new int[0]);
        ScoreSet dual = new ScoreSet("dual", "images", constant(1), new int[0], "dual");
        assertThatThrownBy(() -> el2n.forPolicy(policy("el2n")))
                .isInstanceOf(RefusalException.class)
                .hasMessage("score set el2n holds EL2N scores, but rho needs losses: allowed is a set of method"
                        + " last-loss or mean-loss");
        assertThatThrownBy(() -> dual.forPolicy(policy("dual"))).hasMessageContaining("dual holds dual, but rho");
        assertThat(references("images").forPolicy(policy("references")).method())
                .isEqualTo("last-loss");
    }

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        IntStream.of(indices).forEach(bits::set);
        return bits;
    }
}
