package org.dietsb.selector.report;

import java.util.Collection;
import org.dietsb.selector.swap.Runs;
import org.jspecify.annotations.Nullable;

/**
 * What training cost, an epoch of it or all. A pass is one over the whole training set, forward and backward; a forward pass alone, for
 * selection, counts a third of one, times the square of its images' scale. Seconds are by the trainer's clock.
 *
 * @param forwardExamples example-passes forward, of training steps
 * @param backwardExamples example-passes backward
 * @param selectionExamples example-passes forward for selection alone
 * @param passes all of them
 * @param seconds evaluation, scoring and checkpoints are not among them
 * @param selectionSeconds of these in selection passes
 * @param stepSeconds of these in training steps
 * @param maskWaitSeconds of these waiting for masks
 * @param baselinePasses what training on everything would have cost; of an epoch that a budget ended, its share of one
 * @param baselineSeconds the same, at this run's own seconds of steps a trained example; null where it trained none
 */
public record Cost(
        long forwardExamples,
        long backwardExamples,
        long selectionExamples,
        double passes,
        double seconds,
        double selectionSeconds,
        double stepSeconds,
        double maskWaitSeconds,
        double baselinePasses,
        @Nullable Double baselineSeconds) {

    static Cost of(Runs.EpochFigures epoch, int examples) {
        return new Cost(
                epoch.backwardExamples(),
                epoch.backwardExamples(),
                epoch.selectionExamples(),
                epoch.passes(examples),
                epoch.seconds(),
                epoch.selectionSeconds(),
                epoch.stepSeconds(),
                epoch.maskWaitSeconds(),
                epoch.share(),
                epoch.backwardExamples() == 0
                        ? null
                        : Double.valueOf(epoch.stepSeconds() / epoch.backwardExamples() * examples * epoch.share()));
    }

    static Cost total(Collection<Cost> costs) {
        return costs.stream().reduce(new Cost(0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0), Cost::plus);
    }

    private Cost plus(Cost other) {
        return new Cost(
                forwardExamples + other.forwardExamples,
                backwardExamples + other.backwardExamples,
                selectionExamples + other.selectionExamples,
                passes + other.passes,
                seconds + other.seconds,
                selectionSeconds + other.selectionSeconds,
                stepSeconds + other.stepSeconds,
                maskWaitSeconds + other.maskWaitSeconds,
                baselinePasses + other.baselinePasses,
                baselineSeconds == null || other.baselineSeconds == null
                        ? null
                        : Double.valueOf(baselineSeconds + other.baselineSeconds));
    }
}
