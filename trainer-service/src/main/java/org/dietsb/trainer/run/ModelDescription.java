package org.dietsb.trainer.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.train.TrainingOrder;

/** Describes what is needed besides the weights to use a model: architecture, classes, normalisation. */
final class ModelDescription {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelDescription() {}

    static String of(TrainingOrder order, Dataset dataset, Network network) {
        try {
            ObjectNode description = JSON.createObjectNode();
            description.put("run", order.runId());
            description.set("architecture", JSON.valueToTree(network.architecture()));
            description.put("format", network.isScript() ? "torchscript" : "safetensors");
            description.put("dataset", dataset.identity().name());
            description.set("classes", JSON.valueToTree(dataset.classNames()));
            ObjectNode input = description.putObject("input");
            input.put("channels", dataset.train().channels());
            input.put("height", dataset.train().height());
            input.put("width", dataset.train().width());
            input.put("scale", "pixels / 255, then (x - mean) / std per channel");
            input.set("mean", JSON.valueToTree(dataset.mean()));
            input.set("std", JSON.valueToTree(dataset.std()));
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(description);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("cannot describe the network as JSON", impossible);
        }
    }
}
