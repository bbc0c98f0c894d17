package org.dietsb.selector.report;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.selector.swap.Runs;

/**
 * What a run cost so far, by its epochs that are over.
 *
 * @param epochs in order
 */
public record Ledger(List<EpochCost> epochs, Cost total) {

    /** What an epoch cost; epoch from 1. */
    public record EpochCost(int epoch, Cost cost) {}

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
                Cost.total(costs.values()));
    }
}
