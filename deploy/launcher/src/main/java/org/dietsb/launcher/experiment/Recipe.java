package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * How all runs and scoring models of an experiment train.
 *
 * @param window batches in their selection pass while a mask travels
 * @param augment null = the dataset's own default
 */
public record Recipe(
        int batchSize,
        int window,
        double learningRate,
        String schedule,
        double warmupEpochs,
        double momentum,
        double weightDecay,
        @Nullable String augment) {

    /** Adds these to an order or to a scoring. */
    void addTo(ObjectNode request) {
        request.put("batchSize", batchSize)
                .put("window", window)
                .put("learningRate", learningRate)
                .put("schedule", schedule)
                .put("warmupEpochs", warmupEpochs)
                .put("momentum", momentum)
                .put("weightDecay", weightDecay);
        if (augment != null) {
            request.put("augment", augment);
        }
    }
}
