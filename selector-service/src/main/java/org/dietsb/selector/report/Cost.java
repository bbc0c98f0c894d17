package org.dietsb.selector.report;

import java.util.Collection;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * The cost of training, for an epoch or a whole run. A pass is one forward and backward pass over the whole training set; a
 * selection pass, forward only, counts as a third, times the square of its images' scale. Seconds are by the trainer's clock.
 *
 * @param forwardExamples example-passes forward in training steps
 * @param backwardExamples example-passes backward
 * @param selectionExamples example-passes forward for selection only
 * @param passes total, in passes
 * @param seconds total, without evaluation, scoring and checkpoints
 * @param selectionSeconds part of the seconds spent in selection passes
 * @param stepSeconds part of the seconds spent in training steps
 * @param maskWaitSeconds part of the seconds spent waiting for masks
 * @param baselinePasses cost of training on everything; for an epoch that a budget cut short, its share of one
 * @param baselineSeconds the same in seconds, at this run's step seconds per trained example; null if it trained none
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

    static Cost of(RunSheet.Figures epoch, int examples) {
        return new Cost(
                epoch.backwardExamples(),
                epoch.backwardExamples(),
                epoch.selectionExamples(),
                epoch.passes(),
                epoch.seconds(),
                epoch.selectionSeconds(),
                epoch.stepSeconds(),
                epoch.maskWait(),
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
