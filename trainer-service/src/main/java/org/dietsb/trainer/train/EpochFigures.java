package org.dietsb.trainer.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an epoch cost and brought.
 *
 * @param epoch from 1
 * @param accuracy share of the test set, or null where it was not evaluated
 * @param trainLoss mean loss of the training steps over their examples, in nats
 * @param learningRate at the last step
 * @param seconds from the epoch's opening sent to its last step done, evaluation of the epoch before not counted
 * @param seen examples announced
 * @param selected examples that got a gradient
 * @param backwardExamples example-passes forward and backward
 * @param selectionExamples example-passes forward for selection alone
 * @param meanLossSeen mean of the selection pass's losses, or null where there was none
 * @param meanLossSelected the same over the selected examples of those batches
 * @param selectionSeconds of the seconds, by the host's clock, those of selection passes
 * @param stepSeconds of the seconds those of training steps, gathering included
 * @param scaledSelectionExamples selectionExamples, each times the square of its pass's scale
 * @param share of the epoch's examples, diet applied, that were announced, (0, 1]; less than 1 where a budget ended the run within it
 */
@JsonInclude
public record EpochFigures(
        int epoch,
        @Nullable Double accuracy,
        double trainLoss,
        double learningRate,
        double seconds,
        long seen,
        long selected,
        long steps,
        long backwardExamples,
        long selectionExamples,
        @Nullable Double meanLossSeen,
        @Nullable Double meanLossSelected,
        double maskWaitSeconds,
        int maskTimeouts,
        List<Long> policyRevisions,
        double evaluationSeconds,
        double selectionSeconds,
        double stepSeconds,
        double scaledSelectionExamples,
        double share) {}
