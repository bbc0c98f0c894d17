package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What and how to train. */
final class TrainingOptions {
    @Option(
            names = "--dataset",
            defaultValue = "fashion-mini",
            description = "fashion-mini (default), fashion-mnist, mnist, " + "mnist-idx, cifar10, cifar100")
    String dataset = "fashion-mini";

    @Option(names = "--data-dir", description = "folder of the dataset; default: the usual places, then a download")
    @Nullable
    Path dataDir;

    @Option(names = "--model", defaultValue = "resnet8", description = "resnet8 (default), resnet18, resnet20")
    String model = "resnet8";

    @Option(names = "--epochs", defaultValue = "10", description = "length of the schedule (default ${DEFAULT-VALUE})")
    int epochs = 10;

    @Option(
            names = "--batch-size",
            defaultValue = "128",
            description = "examples announced per batch (default ${DEFAULT-VALUE})")
    int batchSize = 128;

    @Option(
            names = "--window",
            defaultValue = "4",
            description = "batches in their selection pass while a mask travels; "
                    + "1 = exact Selective-Backprop (default ${DEFAULT-VALUE})")
    int window = 4;

    @Option(names = "--learning-rate", defaultValue = "0.1", description = "default ${DEFAULT-VALUE}")
    double learningRate = .1;

    @Option(names = "--schedule", defaultValue = "cosine", description = "cosine (default), step, constant")
    String schedule = "cosine";

    @Option(names = "--warmup-epochs", defaultValue = "0", description = "default ${DEFAULT-VALUE}")
    double warmupEpochs;

    @Option(names = "--momentum", defaultValue = "0.9", description = "Nesterov (default ${DEFAULT-VALUE})")
    double momentum = .9;

    @Option(names = "--weight-decay", defaultValue = "0.0005", description = "default ${DEFAULT-VALUE}")
    double weightDecay = 5e-4;

    @Option(names = "--augment", description = "crop,flip | crop | flip | none; default crop,flip, for digits crop")
    @Nullable
    String augment;

    @Option(names = "--seed", defaultValue = "1", description = "default ${DEFAULT-VALUE}")
    long seed = 1;

    @Option(names = "--limit", defaultValue = "0", description = "first so many training examples; 0 = all (default)")
    int limit;

    @Option(
            names = "--score-members",
            defaultValue = "2",
            description = "models of the scoring ensemble (default ${DEFAULT-VALUE})")
    int scoreMembers = 2;

    @Option(
            names = "--score-epochs",
            defaultValue = "2",
            description = "epochs each of them trains (default ${DEFAULT-VALUE})")
    int scoreEpochs = 2;

    /** What an order and a scoring have in common. */
    ObjectNode toJson() {
        ObjectNode json = Rest.JSON
                .createObjectNode()
                .put("dataset", dataset)
                .put("model", model)
                .put("epochs", epochs)
                .put("batchSize", batchSize)
                .put("window", window)
                .put("learningRate", learningRate)
                .put("schedule", schedule)
                .put("warmupEpochs", warmupEpochs)
                .put("momentum", momentum)
                .put("weightDecay", weightDecay)
                .put("seed", seed)
                .put("limit", limit);
        if (dataDir != null) {
            json.put("dataDir", dataDir.toAbsolutePath().toString());
        }
        boolean digits = dataset.startsWith("mnist");
        json.put("augment", augment == null ? (digits ? "crop" : "crop,flip") : augment);
        return json;
    }
}
