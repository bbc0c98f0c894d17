package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.launcher.text.Json;
import org.jspecify.annotations.Nullable;

/**
 * How all runs and scoring models of an experiment train. Its JSON fields are those of an order.
 *
 * @param window batches whose selection pass may run while masks are on their way
 * @param augment null = the default of the dataset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recipe(
        int batchSize,
        int window,
        double learningRate,
        String schedule,
        double warmupEpochs,
        double momentum,
        double weightDecay,
        @Nullable String augment) {

    /**
     * Returns the part that an order and a scoring share.
     *
     * @param dataDir folder of the dataset; null = wherever the trainer finds it
     */
    ObjectNode request(Setting setting, long seed, @Nullable String dataDir) {
        ObjectNode request = Json.MAPPER.<ObjectNode>valueToTree(setting).put("seed", seed);
        request.setAll(Json.MAPPER.<ObjectNode>valueToTree(this));
        return dataDir == null ? request : request.put("dataDir", dataDir);
    }
}
