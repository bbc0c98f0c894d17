package org.dietsb.bench.decision;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.Replay;
import org.jspecify.annotations.Nullable;

/** The masks that a run must get: the pure rules of its policy alone, on everything that the run has reported. Single-threaded. */
final class PureRule {
    private final Policy policy;
    private final long seed;
    private final int examples;
    private final float[] lastLosses;
    private final BitSet belowMean = new BitSet();
    private final LossHistory history = new LossHistory(1);
    /** What this run selected, by epoch. */
    private final Map<Integer, BitSet> selected = new HashMap<>();

    private final @Nullable PureRule replayed;

    /**
     * The examples of an epoch.
     *
     * @param kept null if all are
     * @param weighted those of them that have the weight; the others have 1
     */
    record Epoch(@Nullable BitSet kept, BitSet weighted, float weight) {}

    /**
     * Creates the rule of a run without losses.
     *
     * @param replayed the run whose masks this one takes over; null unless the policy is a replay
     */
    PureRule(Policy policy, long seed, int examples, @Nullable PureRule replayed) {
        this.policy = policy;
        this.seed = seed;
        this.examples = examples;
        this.replayed = replayed;
        this.lastLosses = new float[policy.kind().byEpoch() ? examples : 0];
        Arrays.fill(lastLosses, Float.NaN);
    }

    /** Returns the examples of an epoch. */
    Epoch epoch(int epoch) {
        if (policy.kind().byEpoch()) {
            EpochRule.Choice choice = EpochRule.of(policy)
                    .choose(
                            new EpochRule.Epoch(seed, epoch, examples),
                            index -> belowMean.get(index) ? -lastLosses[index] : lastLosses[index]);
            return new Epoch(
                    choice.kept().cardinality() == examples ? null : choice.kept(), choice.weighted(), choice.weight());
        }
        if (policy.kind().hasDiet()) {
            Diet diet = new Diet(policy.prePruned(), policy.order(), policy.balanced());
            return new Epoch(diet.kept(examples, seed, null), new BitSet(), 1);
        }
        return new Epoch(null, new BitSet(), 1);
    }

    /** Returns the places that are selected of a batch, ascending. */
    int[] batch(int epoch, int batch, int[] indices, float @Nullable [] losses) {
        int[] places = replayed == null
                ? BatchRule.of(policy)
                        .select(
                                new Batch(seed, epoch, batch, indices.length, losses == null ? new float[0] : losses),
                                history)
                : Replay.select(indices, Objects.requireNonNull(replayed.selected.get(epoch))).stream()
                        .toArray();
        BitSet ofEpoch = selected.computeIfAbsent(epoch, first -> new BitSet(examples));
        for (int place : places) {
            ofEpoch.set(indices[place]);
        }
        return places;
    }

    /** Notes the losses of a step. */
    void trained(int[] indices, float[] losses) {
        BitSet below = RePB.belowMean(losses);
        for (int i = 0; i < indices.length; i++) {
            lastLosses[indices[i]] = losses[i];
            belowMean.set(indices[i], below.get(i));
        }
    }
}
