package org.dietsb.trainer.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cost and results of an epoch.
 *
 * @param epoch from 1
 * @param accuracy on the test set; null if the epoch was not evaluated
 * @param trainLoss mean loss of the training steps over their examples, in nats; null without a step
 * @param learningRate at the last step
 * @param seconds from sending the opening of the epoch to the end of its last step, without evaluation of the epoch before
 * @param seen number of announced examples
 * @param selected number of examples that got a gradient
 * @param backwardExamples example-passes forward and backward
 * @param selectionExamples example-passes forward for selection only
 * @param meanLossSeen mean loss of the selection passes; null without a selection pass
 * @param meanLossSelected the same for the selected examples of those batches
 * @param selectionSeconds share of the seconds in selection passes, by the host's clock
 * @param stepSeconds share of the seconds in training steps, including gathering
 * @param scaledSelectionExamples selectionExamples, each multiplied by the square of the scale of its pass
 * @param share share of the epoch's examples, after the diet, that were announced, (0, 1]; below 1 if the budget ended within the epoch
 */
@JsonInclude
public record EpochFigures(
        int epoch,
        @Nullable Double accuracy,
        @Nullable Double trainLoss,
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
