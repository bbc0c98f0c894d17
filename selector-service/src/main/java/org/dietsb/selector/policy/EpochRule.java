package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;

/** Chooses the examples of an epoch. Every rule is a pure function: equal arguments give equal choices, on any machine. */
public sealed interface EpochRule
        permits InfoBatch, RePB, OrderDP, RepeatedRandom, ProgressiveDropout, SeTa, InstanceSelection, ClassQuotas {
    /** Number of choices from which probabilities are estimated. */
    int ESTIMATED_BY = 400;

    /**
     * An epoch to be chosen for.
     *
     * @param seed of the run
     * @param number of the epoch, from 1
     * @param examples size of the training set
     */
    record Epoch(long seed, int number, int examples) {}

    /**
     * The examples of an epoch: bit i stands for example i.
     *
     * @param weighted the kept examples whose weight is {@code weight}; that of the others is 1
     */
    record Choice(BitSet kept, BitSet weighted, float weight) {
        /** Returns a choice without weights. */
        static Choice of(BitSet kept) {
            return new Choice(kept, new BitSet(), 1);
        }
    }

    /**
     * What a rule knows of the examples besides their losses.
     *
     * @param labels [N] their classes; empty if these are unknown
     * @param before those that the epoch before trained
     */
    record Known(int[] labels, BitSet before) {}

    /** Returns the rule of a policy that judges by epoch, and by losses alone. */
    static EpochRule of(Policy policy) {
        return of(policy, new Known(new int[0], new BitSet()));
    }

    /** Returns the rule of a policy that judges by epoch. */
    static EpochRule of(Policy policy, Known known) {
        return switch (policy.kind()) {
            case INFOBATCH, BLS -> new InfoBatch(policy.keep());
            case REPB -> new RePB(policy.keep());
            case ORDERDP -> new OrderDP(policy.keep(), policy.number(Parameter.DRAW));
            case RS2 -> new RepeatedRandom(policy.keep());
            case PROGRESSIVE ->
                new ProgressiveDropout(policy.number(Parameter.TAU), policy.number(Parameter.GAMMA), (int)
                        policy.number(Parameter.RECHECK));
            case IES -> new InstanceSelection(policy.number(Parameter.DELTA), (int) policy.number(Parameter.RECHECK));
            case SETA ->
                new SeTa(
                        policy.number(Parameter.DROP),
                        (int) policy.number(Parameter.GROUPS),
                        policy.number(Parameter.WINDOW));
            case RCAP -> {
                if (known.labels.length == 0) {
                    throw new IllegalArgumentException("rcap needs the classes of the examples");
                }
                yield new ClassQuotas(
                        policy.keep(), policy.number(Parameter.BETA), Classes.of(known.labels), known.before);
            }
            case BASELINE, RANDOM, SELECTIVE, DIET, DIET_SELECTIVE, DIET_RANDOM, REPLAY, RANDOM_LIKE, RHO ->
                throw new IllegalArgumentException(policy.kind() + " does not judge by epoch");
        };
    }

    /**
     * Chooses the examples of an epoch.
     *
     * @param signedLoss last loss of each example, in nats; negative (or -0.0) if it was below the mean of its training step, NaN if the
     *     example has none yet
     */
    Choice choose(Epoch epoch, IntToDoubleFunction signedLoss);

    /** Returns the probability that each example is chosen, estimated with other seeds unless it is known. */
    default double[] probabilities(Epoch epoch, IntToDoubleFunction signedLoss) {
        double[] chosen = new double[epoch.examples];
        for (int i = 1; i <= ESTIMATED_BY; i++) {
            choose(new Epoch(epoch.seed + i, epoch.number, epoch.examples), signedLoss).kept.stream()
                    .forEach(index -> chosen[index] += 1.0 / ESTIMATED_BY);
        }
        Arrays.setAll(chosen, index -> Math.min(1, chosen[index]));
        return chosen;
    }

    /** Returns all examples of an epoch. */
    static BitSet all(int examples) {
        BitSet all = new BitSet(examples);
        all.set(0, examples);
        return all;
    }
}
