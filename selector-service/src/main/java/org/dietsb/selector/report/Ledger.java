package org.dietsb.selector.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.selector.swap.Runs;
import org.jspecify.annotations.Nullable;

/**
 * What a run cost so far, by its epochs that are over.
 *
 * @param epochs in order
 * @param proxy what the run's proxy cost beside it, on its own trainer and in passes of its own network; null where it has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ledger(
        List<EpochCost> epochs, Cost total, @Nullable OfProxy proxy) {

    /** What an epoch cost; epoch from 1. */
    public record EpochCost(int epoch, Cost cost) {}

    /** What a proxy cost so far. */
    public record OfProxy(String runId, Cost total) {}

    public Ledger {
        epochs = List.copyOf(epochs);
    }

    /** Of a run, by what its trainer reported. */
    public static Ledger of(Runs.Known run) {
        Map<Integer, Cost> costs = new TreeMap<>();
        run.figures().forEach(epoch -> costs.put(epoch.epoch(), Cost.of(epoch, run.examples())));
        return new Ledger(
                costs.entrySet().stream()
                        .map(epoch -> new EpochCost(epoch.getKey(), epoch.getValue()))
                        .toList(),
                Cost.total(costs.values()),
                null);
    }

    /** The same, beside what this proxy of the run cost. */
    Ledger with(String runId, Runs.Known itsProxy) {
        return new Ledger(epochs, total, new OfProxy(runId, Ledger.of(itsProxy).total()));
    }
}
