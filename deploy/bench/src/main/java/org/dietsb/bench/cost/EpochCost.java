package org.dietsb.bench.cost;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.dietsb.trainer.train.EpochFigures;

/**
 * Cost and work of the epochs of a run, all but the first.
 *
 * @param seconds of wall time
 * @param cpuSeconds of each process, by its name; includes the opening of the run and its first epoch
 */
record EpochCost(
        double seconds,
        double maskWaitSeconds,
        long steps,
        long backwardExamples,
        long selectionExamples,
        int epochs,
        Map<String, Double> cpuSeconds) {

    static EpochCost of(List<EpochFigures> figures, Map<String, Double> cpuSeconds) {
        List<EpochFigures> counted = figures.subList(1, figures.size());
        return new EpochCost(
                counted.stream().mapToDouble(EpochFigures::seconds).sum(),
                counted.stream().mapToDouble(EpochFigures::maskWaitSeconds).sum(),
                counted.stream().mapToLong(EpochFigures::steps).sum(),
                counted.stream().mapToLong(EpochFigures::backwardExamples).sum(),
                counted.stream().mapToLong(EpochFigures::selectionExamples).sum(),
                counted.size(),
                cpuSeconds);
    }

    /** Returns the mean times of several runs that do the same work. */
    static EpochCost mean(List<EpochCost> runs) {
        EpochCost first = runs.get(0);
        ToDoubleFunction<ToDoubleFunction<EpochCost>> mean =
                figure -> runs.stream().mapToDouble(figure).average().orElseThrow();
        return new EpochCost(
                mean.applyAsDouble(EpochCost::seconds),
                mean.applyAsDouble(EpochCost::maskWaitSeconds),
                first.steps(),
                first.backwardExamples(),
                first.selectionExamples(),
                first.epochs(),
                Map.of("bench", mean.applyAsDouble(EpochCost::totalCpuSeconds)));
    }

    /** Examples per step, to the nearest whole number. */
    int stepSize() {
        return (int) Math.round((double) backwardExamples / steps);
    }

    /** Of all processes. */
    double totalCpuSeconds() {
        return cpuSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
