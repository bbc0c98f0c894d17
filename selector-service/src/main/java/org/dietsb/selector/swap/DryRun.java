package org.dietsb.selector.swap;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RePB;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A batch that is judged without a run: epoch 1, batch 0 of this seed.
 *
 * @param history losses before this batch, oldest first
 */
record DryRun(
        @Schema(description = "the policy to try") @Nullable PolicyJson policy,

        @Schema(description = "root of the draws; 1 if it is not given") @Nullable
        Long seed,

        @Schema(description = "losses before this batch, oldest first, at most 4096")
        float @Nullable [] history,

        @Schema(description = "losses of the batch, in nats, 1 to 4096")
        float @Nullable [] losses) {
    private static final int MOST = 4_096;

    /** Probability and selection of each loss; weights of the selected ones, in order. */
    record Result(double[] probabilities, boolean[] mask, float[] weights) {}

    Result run() {
        float[] judged = checked("losses", losses);
        float[] before = history == null ? new float[0] : checked("history", history);
        if (policy == null) {
            throw new IllegalArgumentException("policy is missing");
        }
        if (judged.length == 0) {
            throw new IllegalArgumentException("losses is empty, allowed are 1 to " + MOST + " losses");
        }
        Policy spec = policy.toPolicy();
        String unfit = spec.unfitFor(judged.length);
        if (!unfit.isEmpty()) {
            throw new IllegalArgumentException(unfit);
        }
        if (spec.kind().replays()) {
            throw new IllegalArgumentException("kind is " + spec.kind()
                    + ", which uses the masks of a run's epochs and no losses: allowed are all others");
        }
        if (spec.kind() == PolicyKind.IES) {
            throw new IllegalArgumentException(
                    "kind is ies, which judges by several losses of each example: allowed are all others");
        }
        if (spec.kind().judgesByScores()) {
            throw new IllegalArgumentException(
                    "kind is " + spec.kind() + ", which judges by a score set too: allowed are all others");
        }
        if (spec.kind().byEpoch()) {
            return epoch(spec, seed == null ? 1 : seed, judged);
        }
        BatchRule rule = BatchRule.of(spec);
        Batch batch = new Batch(seed == null ? 1 : seed, 1, 0, judged.length, judged);
        LossHistory past = new LossHistory(Math.max(1, spec.historySize()));
        past.append(before);
        double[] probabilities = rule.probabilities(batch, past);
        boolean[] mask = new boolean[judged.length];
        int[] selected = rule.select(batch, past);
        for (int place : selected) {
            mask[place] = true;
        }
        float[] weights = new float[selected.length];
        Arrays.fill(weights, 1);
        return new Result(probabilities, mask, weights);
    }

    /** Opens epoch 1 of a training set with these last losses, which are those of one training step. */
    private static Result epoch(Policy spec, long seed, float[] lastLosses) {
        BitSet below = RePB.belowMean(lastLosses);
        IntToDoubleFunction signed = index -> below.get(index) ? -lastLosses[index] : lastLosses[index];
        EpochRule rule = EpochRule.of(spec);
        EpochRule.Epoch epoch = new EpochRule.Epoch(seed, 1, lastLosses.length);
        EpochRule.Choice choice = rule.choose(epoch, signed);
        boolean[] mask = new boolean[lastLosses.length];
        int[] kept = choice.kept().stream().toArray();
        float[] weights = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            mask[kept[i]] = true;
            weights[i] = choice.weighted().get(kept[i]) ? choice.weight() : 1;
        }
        return new Result(rule.probabilities(epoch, signed), mask, weights);
    }

    private static float[] checked(String field, float @Nullable [] values) {
        if (values == null || values.length > MOST) {
            throw new IllegalArgumentException(field + " is " + (values == null ? "missing" : values.length + " long")
                    + ", allowed are at most " + MOST + " losses");
        }
        for (float value : values) {
            if (!(value >= 0) || Float.isInfinite(value)) {
                throw new IllegalArgumentException(field + " has " + value + ", allowed is 0 or more, and finite");
            }
        }
        return values;
    }
}
