package org.dietsb.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.trainer.train.EpochFigures;

/**
 * What the epochs of a run took and did, all but the first.
 *
 * @param seconds of wall time
 * @param cpuSeconds of each process, by its name, first epoch and opening included
 */
record EpochCost(
        double seconds,
        double maskWaitSeconds,
        long steps,
        long backwardExamples,
        long selectionExamples,
        int epochs,
        Map<String, Double> cpuSeconds) {

    static EpochCost of(List<EpochFigures> figures, Map<String, Duration> before, Map<String, Duration> after) {
        List<EpochFigures> counted = figures.subList(1, figures.size());
        Map<String, Double> cpu = new LinkedHashMap<>();
        after.forEach((name, time) -> cpu.put(
                name, time.minus(before.getOrDefault(name, Duration.ZERO)).toNanos() / 1e9));
        return new EpochCost(
                counted.stream().mapToDouble(EpochFigures::seconds).sum(),
                counted.stream().mapToDouble(EpochFigures::maskWaitSeconds).sum(),
                counted.stream().mapToLong(EpochFigures::steps).sum(),
                counted.stream().mapToLong(EpochFigures::backwardExamples).sum(),
                counted.stream().mapToLong(EpochFigures::selectionExamples).sum(),
                counted.size(),
                cpu);
    }

    /** Examples of a step, to the nearest whole number. */
    int stepSize() {
        return (int) Math.round((double) backwardExamples / steps);
    }

    /** Of all processes. */
    double totalCpuSeconds() {
        return cpuSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
