package org.dietsb.contracts.policy;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The share of the training set that a policy leaves out by its parameters. Some kinds leave out another share, which only a run tells:
 * infobatch, repb and bls of the examples whose loss is below the mean; others have no such parameter.
 */
public final class NominalRate {
    private NominalRate() {}

    /** Returns the nominal rate of a policy; empty if its parameters set none. */
    public static OptionalDouble of(Policy policy) {
        return of(policy.kind(), policy.keep(), policy.prePruned());
    }

    /**
     * Returns the nominal rate of a policy, in [0, 1); empty if its parameters set none. Epochs and batches that a schedule trains whole
     * do not count.
     *
     * @param keep in (0, 1]; not used by kinds that have none
     * @param prePruned share that the diet leaves out, [0, 1); not used by kinds that have none
     */
    public static OptionalDouble of(PolicyKind kind, double keep, double prePruned) {
        if (kind.prunes() && !kind.hasKeep()) {
            return OptionalDouble.empty();
        }
        double left = kind.hasDiet() ? 1 - prePruned : 1;
        return OptionalDouble.of(1 - left * (kind.hasKeep() ? keep : 1));
    }

    /** Returns whether only a run tells how much a policy of this kind leaves out, even of epochs that it judges. */
    public static boolean differs(PolicyKind kind) {
        return kind.prunes() && !kind.replays() && !kind.keepsOfAll();
    }

    /**
     * Returns both rates in words, such as {@code nominal 50.0 %, left out 31.2 %}.
     *
     * @param leftOut share of the training set that the run left out, over all epochs
     */
    public static String words(OptionalDouble nominal, double leftOut) {
        String by = nominal.isPresent()
                ? String.format(Locale.ROOT, "nominal %.1f %%", 100 * nominal.getAsDouble())
                : "no nominal rate";
        return by + String.format(Locale.ROOT, ", left out %.1f %%", 100 * leftOut);
    }
}
