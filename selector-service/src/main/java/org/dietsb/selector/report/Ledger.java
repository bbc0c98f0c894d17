package org.dietsb.selector.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.dietsb.contracts.policy.NominalRate;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * The cost of a run so far, by its completed epochs.
 *
 * @param epochs in order
 * @param leftOut share of the training set that the epochs so far did not train on; null before the first
 * @param nominal share that the policy in force leaves out of what it judges by its parameters; null if they set none
 * @param proxy the cost of the run's proxy, on its own trainer and in passes of its own network; null if the run has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ledger(
        List<EpochCost> epochs,
        Cost total,
        @Nullable Double leftOut,
        @Nullable Double nominal,
        @Nullable OfProxy proxy) {

    /** The cost of an epoch; epoch from 1. */
    public record EpochCost(int epoch, Cost cost) {}

    /** The cost of a proxy so far. */
    public record OfProxy(String runId, Cost total) {}

    public Ledger {
        epochs = List.copyOf(epochs);
    }

    /** Returns the cost of a run as its trainer reported it. */
    public static Ledger of(RunSheet run) {
        Map<Integer, Cost> costs = new TreeMap<>();
        run.figures().forEach(epoch -> costs.put(epoch.epoch(), Cost.of(epoch, run.examples())));
        return new Ledger(
                costs.entrySet().stream()
                        .map(epoch -> new EpochCost(epoch.getKey(), epoch.getValue()))
                        .toList(),
                Cost.total(costs.values()),
                leftOut(run),
                run.isPolicyKnown() ? nominal(run.policy()) : null,
                null);
    }

    private static @Nullable Double leftOut(RunSheet run) {
        double whole = run.figures().stream()
                .mapToDouble(epoch -> epoch.share() * run.examples())
                .sum();
        double trained = run.figures().stream()
                .mapToDouble(RunSheet.Figures::backwardExamples)
                .sum();
        return whole == 0 ? null : Double.valueOf(1 - trained / whole);
    }

    private static @Nullable Double nominal(Policy policy) {
        OptionalDouble rate = NominalRate.of(policy);
        return rate.isPresent() ? Double.valueOf(rate.getAsDouble()) : null;
    }

    /** Returns this ledger with the cost of the run's proxy. */
    Ledger with(RunSheet itsProxy) {
        return new Ledger(
                epochs,
                total,
                leftOut,
                nominal,
                new OfProxy(itsProxy.id(), Ledger.of(itsProxy).total()));
    }
}
