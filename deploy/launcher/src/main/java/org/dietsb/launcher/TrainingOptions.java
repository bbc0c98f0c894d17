package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What and how to train: what an order and a scoring have in common. */
final class TrainingOptions {
    private static final List<Path> USUAL_PLACES =
            List.of(Home.ofUser().folder().resolve("datasets"), Path.of("/usr/share/datasets"));

    @Option(
            names = "--dataset",
            defaultValue = "fashion-mini",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Dataset dataset = Dataset.FASHION_MINI;

    @Option(names = "--data-dir", description = "folder of the dataset; default: the usual places, then a download")
    @Nullable
    Path dataDir;

    @Option(
            names = "--model",
            defaultValue = "resnet8",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Model model = Model.RESNET8;

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
            description = "batches in their selection pass while a mask travels, 1 to 64; "
                    + "1 = exact Selective-Backprop (default ${DEFAULT-VALUE})")
    int window = 4;

    @Option(names = "--learning-rate", defaultValue = "0.1", description = "at its peak (default ${DEFAULT-VALUE})")
    double learningRate = .1;

    @Option(
            names = "--schedule",
            defaultValue = "cosine",
            description = "of the learning rate: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    Schedule schedule = Schedule.COSINE;

    @Option(
            names = "--warmup-epochs",
            defaultValue = "0",
            description = "epochs over which the learning rate rises from 0 (default ${DEFAULT-VALUE})")
    double warmupEpochs;

    @Option(names = "--momentum", defaultValue = "0.9", description = "Nesterov's (default ${DEFAULT-VALUE})")
    double momentum = .9;

    @Option(names = "--weight-decay", defaultValue = "0.0005", description = "L2 (default ${DEFAULT-VALUE})")
    double weightDecay = 5e-4;

    @Option(names = "--augment", description = "${COMPLETION-CANDIDATES}; default crop,flip, for digits crop")
    @Nullable
    Augment augment;

    @Option(names = "--seed", defaultValue = "1", description = "of everything random (default ${DEFAULT-VALUE})")
    long seed = 1;

    @Option(names = "--limit", defaultValue = "0", description = "first so many training examples; 0 = all (default)")
    int limit;

    enum Dataset {
        FASHION_MINI("", ""),
        FASHION_MNIST("fashion-mnist", "train-images"),
        MNIST("mnist", "train-images"),
        MNIST_IDX("mnist-idx", "train-images"),
        CIFAR10("cifar-10-batches-bin", "data_batch_1.bin"),
        CIFAR100("cifar-100-binary", "train.bin"),
        SVHN("svhn", "train_32x32.mat");

        private final String subfolder;
        private final String file;

        Dataset(String subfolder, String file) {
            this.subfolder = subfolder;
            this.file = file;
        }

        /** Whether a file that begins as its first does is there, or in the subfolder it unpacks to. */
        boolean isIn(Path folder) {
            return Stream.of(folder, folder.resolve(subfolder)).anyMatch(place -> {
                String[] files = place.toFile().list((in, name) -> name.startsWith(file));
                return files != null && files.length > 0;
            });
        }

        @Override
        public String toString() {
            return Word.of(this);
        }
    }

    enum Model {
        RESNET8,
        RESNET18,
        RESNET20,
        RESNET32,
        RESNET56,
        WRN_16_4,
        WRN_28_10,
        GOOGLENET;

        @Override
        public String toString() {
            return Word.of(this);
        }
    }

    enum Schedule {
        COSINE,
        STEP,
        CONSTANT;

        @Override
        public String toString() {
            return Word.of(this);
        }
    }

    enum Augment {
        CROP_FLIP,
        CROP,
        FLIP,
        NONE;

        @Override
        public String toString() {
            return this == CROP_FLIP ? "crop,flip" : Word.of(this);
        }
    }

    /** Refuses what is out of range, and a folder that is none. */
    void check() {
        WrongUsage.unless(epochs >= 1 && epochs <= 100_000, "--epochs", epochs, "[1, 100000]");
        WrongUsage.unless(batchSize >= 1 && batchSize <= 65_536, "--batch-size", batchSize, "[1, 65536]");
        WrongUsage.unless(window >= 1 && window <= 64, "--window", window, "[1, 64]");
        WrongUsage.unless(learningRate > 0 && learningRate < 1e6, "--learning-rate", learningRate, "(0, 1000000)");
        WrongUsage.unless(
                warmupEpochs >= 0 && warmupEpochs < epochs, "--warmup-epochs", warmupEpochs, "[0, " + epochs + ")");
        WrongUsage.unless(momentum >= 0 && momentum < 1, "--momentum", momentum, "[0, 1)");
        WrongUsage.unless(weightDecay >= 0 && weightDecay < 1, "--weight-decay", weightDecay, "[0, 1)");
        WrongUsage.unless(limit >= 0, "--limit", limit, "0 (all) or more");
        checkDataDir();
    }

    private void checkDataDir() {
        if (dataDir == null) {
            boolean unheardOf = dataset == Dataset.MNIST_IDX
                    && USUAL_PLACES.stream()
                            .map(place -> place.resolve("mnist-idx"))
                            .noneMatch(dataset::isIn);
            if (unheardOf) {
                throw new WrongUsage("--data-dir is missing: mnist-idx is a folder of your own, with train-images..,"
                        + " train-labels.., t10k-images.. and t10k-labels..");
            }
            return;
        }
        if (dataset == Dataset.FASHION_MINI) {
            throw new WrongUsage("--data-dir is of no use to fashion-mini, which ships with the trainer");
        }
        WrongUsage.unless(Files.isDirectory(dataDir), "--data-dir", dataDir, "a folder that is there");
        WrongUsage.unless(
                dataset.isIn(dataDir),
                "--data-dir",
                dataDir,
                "a folder with the files of " + dataset + ", such as " + dataset.file);
    }

    /** As JSON; the augmentation only if it was named, since its default is the dataset's. */
    ObjectNode toJson() {
        ObjectNode json = Rest.JSON
                .createObjectNode()
                .put("dataset", dataset.toString())
                .put("model", model.toString())
                .put("epochs", epochs)
                .put("batchSize", batchSize)
                .put("window", window)
                .put("learningRate", learningRate)
                .put("schedule", schedule.toString())
                .put("warmupEpochs", warmupEpochs)
                .put("momentum", momentum)
                .put("weightDecay", weightDecay)
                .put("seed", seed)
                .put("limit", limit);
        if (dataDir != null) {
            json.put("dataDir", dataDir.toAbsolutePath().normalize().toString());
        }
        if (augment != null) {
            json.put("augment", augment.toString());
        }
        return json;
    }
}
