package org.dietsb.launcher.order;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of what is trained and how, shared by training and scoring. */
public final class TrainingOptions {
    private static final List<String> DATASETS =
            List.of("fashion-mini", "fashion-mnist", "mnist", "mnist-idx", "cifar10", "cifar100");
    private static final List<String> MODELS = List.of("resnet8", "resnet18", "resnet20");

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            defaultValue = "fashion-mini",
            description =
                    "fashion-mini, fashion-mnist, mnist, mnist-idx, cifar10 or cifar100; default ${DEFAULT-VALUE}")
    String dataset = "fashion-mini";

    @Option(names = "--data-dir", paramLabel = "DIR", description = "folder that holds the dataset's files")
    @Nullable
    Path dataDir;

    @Option(names = "--limit", paramLabel = "N", description = "train on the first N examples only; default all")
    @Nullable
    Integer limit;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "resnet8",
            description = "resnet8, resnet18 or resnet20; default ${DEFAULT-VALUE}")
    String model = "resnet8";

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "epochs of training; default ${DEFAULT-VALUE}")
    int epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "128",
            description = "examples of a batch before selection; default ${DEFAULT-VALUE}")
    int batchSize;

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "4",
            description = "batches in their selection pass while a mask travels, [1, 64]; 1 = exact"
                    + " Selective-Backprop; default ${DEFAULT-VALUE}")
    int window;

    @Option(
            names = "--learning-rate",
            paramLabel = "F",
            defaultValue = "0.1",
            description = "at the schedule's start; default ${DEFAULT-VALUE}")
    double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            defaultValue = "cosine",
            description = "cosine, step or constant; default ${DEFAULT-VALUE}")
    String schedule = "cosine";

    @Option(
            names = "--warmup-epochs",
            paramLabel = "N",
            defaultValue = "0",
            description = "epochs over which the learning rate rises; default ${DEFAULT-VALUE}")
    double warmupEpochs;

    @Option(
            names = "--momentum",
            paramLabel = "F",
            defaultValue = "0.9",
            description = "Nesterov momentum, [0, 1); default ${DEFAULT-VALUE}")
    double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "F",
            defaultValue = "0.0005",
            description = "default ${DEFAULT-VALUE}")
    double weightDecay;

    @Option(
            names = "--augment",
            paramLabel = "WHAT",
            description = "crop,flip or crop or flip or none; default crop,flip, and crop for digits")
    @Nullable
    String augment;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "of weights, order, augmentation and masks; default ${DEFAULT-VALUE}")
    long seed;

    @Option(
            names = "--score-members",
            paramLabel = "K",
            defaultValue = "2",
            description = "networks whose errors are averaged to EL2N; default ${DEFAULT-VALUE}")
    int scoreMembers;

    @Option(
            names = "--score-epochs",
            paramLabel = "E",
            defaultValue = "2",
            description = "epochs each of them trains; default ${DEFAULT-VALUE}")
    int scoreEpochs;

    /**
     * Checks what can be checked without a service.
     *
     * @throws Refusal with the one line to show
     */
    public void check() {
        known("dataset", dataset, DATASETS, List.of("svhn"));
        known("model", model, MODELS, List.of("wrn-16-4", "wrn-28-10", "googlenet"));
        if (dataDir != null && !Files.isDirectory(dataDir)) {
            throw new Refusal("data-dir is " + dataDir + ", which is no folder");
        }
        if (dataset.equals("mnist-idx") && dataDir == null) {
            throw new Refusal("data-dir is missing: dataset mnist-idx is a folder of IDX files");
        }
        require(limit == null || limit >= 1, "limit", limit == null ? 0 : limit, "1 or more");
        require(epochs >= 1 && epochs <= 100_000, "epochs", epochs, "[1, 100000]");
        require(batchSize >= 1 && batchSize <= 65_536, "batch-size", batchSize, "[1, 65536]");
        require(window >= 1 && window <= 64, "window", window, "[1, 64]");
        require(learningRate > 0 && learningRate < 1e6, "learning-rate", learningRate, "above 0");
        known("schedule", schedule, List.of("cosine", "step", "constant"), List.of());
        require(warmupEpochs >= 0 && warmupEpochs < epochs, "warmup-epochs", warmupEpochs, "[0, epochs)");
        require(momentum >= 0 && momentum < 1, "momentum", momentum, "[0, 1)");
        require(weightDecay >= 0 && weightDecay < 1, "weight-decay", weightDecay, "[0, 1)");
        known("augment", augmentation(), List.of("crop,flip", "crop", "flip", "none"), List.of());
        if (isDigits() && augmentation().contains("flip")) {
            throw new Refusal("augment is " + augmentation() + ", allowed for " + dataset
                    + " is crop or none: a mirrored digit is no digit");
        }
    }

    /** Checks the scoring's own options. */
    public void checkScoring() {
        require(scoreMembers >= 1 && scoreMembers <= 100, "score-members", scoreMembers, "[1, 100]");
        require(scoreEpochs >= 1 && scoreEpochs <= epochs, "score-epochs", scoreEpochs, "[1, epochs = " + epochs + "]");
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw Refusal.of(field, value, allowed);
        }
    }

    private static void known(String field, String value, List<String> allowed, List<String> later) {
        String list = "one of " + String.join(allowed.contains("crop,flip") ? " | " : ", ", allowed);
        if (later.contains(value)) {
            throw new Refusal(field + " " + value + " comes later, allowed is " + list);
        }
        require(allowed.contains(value), field, value, list);
    }

    private boolean isDigits() {
        return dataset.startsWith("mnist");
    }

    private String augmentation() {
        if (augment != null) {
            return augment;
        }
        return isDigits() ? "crop" : "crop,flip";
    }

    private ObjectNode recipe() {
        ObjectNode recipe = JsonNodeFactory.instance
                .objectNode()
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
                .put("augment", augmentation())
                .put("seed", seed);
        if (dataDir != null) {
            recipe.put("dataDir", dataDir.toAbsolutePath().normalize().toString());
        }
        if (limit != null) {
            recipe.put("limit", limit);
        }
        return recipe;
    }

    /** The body of a training order. */
    public ObjectNode run(ObjectNode policy, String budget, int evaluateEvery) {
        ObjectNode order = recipe().put("budget", budget).put("evaluateEvery", evaluateEvery);
        order.set("policy", policy);
        return order;
    }

    /** The body of a scoring order. */
    public ObjectNode scoring() {
        return recipe().put("members", scoreMembers).put("scoringEpochs", scoreEpochs);
    }
}
