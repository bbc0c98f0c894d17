package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What and how to train: what an order and a scoring have in common. */
final class TrainingOptions {
    private static final List<Path> USUAL_PLACES =
            List.of(Home.ofUser().folder().resolve("datasets"), Path.of("/usr/share/datasets"));

    @Option(
            names = "--dataset",
            defaultValue = "fashion-mini",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}); folder = what lies in --data-dir: "
                    + "pictures in a folder a class, train/CLASS and val/CLASS or test/CLASS, or files as those of MNIST, "
                    + "CIFAR or SVHN")
    Dataset dataset = Dataset.FASHION_MINI;

    @Option(names = "--data-dir", description = "folder of the dataset; default: the usual places, then a download")
    @Nullable
    Path dataDir;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "side that the pictures of an image folder are scaled to, 8 to 512; default 32")
    @Nullable
    Integer imageSize;

    @Option(
            names = "--model",
            split = ",",
            defaultValue = "resnet8",
            paramLabel = "MODEL",
            description =
                    "resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4, wrn-28-10, googlenet, or FILE.pt, a "
                            + "network of your own as TorchScript (default ${DEFAULT-VALUE}); several, with commas, make a sweep")
    List<ModelChoice> models = List.of(ModelChoice.of(Model.RESNET8));

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

    @Option(
            names = "--learning-rate",
            split = ",",
            defaultValue = "0.1",
            description = "at its peak (default ${DEFAULT-VALUE}); several, with commas, make a sweep")
    List<Double> learningRates = List.of(.1);

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

    @Option(
            names = "--seed",
            split = ",",
            defaultValue = "1",
            description = "of everything random (default ${DEFAULT-VALUE}); several, with commas, make a sweep")
    List<Long> seeds = List.of(1L);

    @Option(names = "--limit", defaultValue = "0", description = "first so many training examples; 0 = all (default)")
    int limit;

    enum Dataset {
        FASHION_MINI("", ""),
        FASHION_MNIST("fashion-mnist", "train-images"),
        MNIST("mnist", "train-images"),
        MNIST_IDX("mnist-idx", "train-images"),
        CIFAR10("cifar-10-batches-bin", "data_batch_1.bin"),
        CIFAR100("cifar-100-binary", "train.bin"),
        SVHN("svhn", "train_32x32.mat"),
        FOLDER("", "");

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
            return Label.of(this);
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
            return Label.of(this);
        }
    }

    enum Schedule {
        COSINE,
        STEP,
        CONSTANT;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    enum Augment {
        CROP_FLIP,
        CROP,
        FLIP,
        NONE;

        @Override
        public String toString() {
            return this == CROP_FLIP ? "crop,flip" : Label.of(this);
        }
    }

    /** Refuses what is out of range, and a folder that is none. */
    void check() {
        WrongUsage.unless(epochs >= 1 && epochs <= 100_000, "--epochs", epochs, "[1, 100000]");
        WrongUsage.unless(batchSize >= 1 && batchSize <= 65_536, "--batch-size", batchSize, "[1, 65536]");
        WrongUsage.unless(window >= 1 && window <= 64, "--window", window, "[1, 64]");
        for (double rate : learningRates) {
            WrongUsage.unless(rate > 0 && rate < 1e6, "--learning-rate", rate, "(0, 1000000)");
        }
        models.forEach(ModelChoice::check);
        once("--model", models);
        once("--learning-rate", learningRates);
        once("--seed", seeds);
        WrongUsage.unless(
                warmupEpochs >= 0 && warmupEpochs < epochs, "--warmup-epochs", warmupEpochs, "[0, " + epochs + ")");
        WrongUsage.unless(momentum >= 0 && momentum < 1, "--momentum", momentum, "[0, 1)");
        WrongUsage.unless(weightDecay >= 0 && weightDecay < 1, "--weight-decay", weightDecay, "[0, 1)");
        WrongUsage.unless(limit >= 0, "--limit", limit, "0 (all) or more");
        checkDataDir();
    }

    private static void once(String option, List<?> values) {
        WrongUsage.unless(
                new HashSet<>(values).size() == values.size(),
                option,
                values.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "each value once");
    }

    /**
     * One of the runs of a sweep.
     *
     * @param learningRate at its peak
     */
    record Variant(ModelChoice model, double learningRate, long seed) {

        /** An order of this variant. */
        ObjectNode of(ObjectNode order) {
            order.remove(List.of("model", "modelFile", "modelChecksum"));
            return model.of(order).put("learningRate", learningRate).put("seed", seed);
        }

        /** As part of a file's name. */
        String words() {
            return model + "-" + learningRate + "-" + seed;
        }
    }

    /** Every model with every learning rate and every seed, in this order; one where no sweep is asked for. */
    List<Variant> variants() {
        return models.stream()
                .flatMap(model -> learningRates.stream()
                        .flatMap(rate -> seeds.stream().map(seed -> new Variant(model, rate, seed))))
                .toList();
    }

    /** What the folder of a dataset of one's own is taken for. */
    private void checkLayout(Path folder) {
        List<FolderLayout> layouts = FolderLayout.of(folder);
        WrongUsage.unless(!layouts.isEmpty(), "--data-dir", folder, "a folder with one of " + FolderLayout.all());
        WrongUsage.unless(
                layouts.size() == 1,
                "--data-dir",
                folder + ", which holds "
                        + layouts.stream().map(FolderLayout::toString).collect(Collectors.joining(" and ")),
                "a folder of one dataset");
        WrongUsage.unless(
                imageSize == null || layouts.get(0) == FolderLayout.IMAGES,
                "--image-size",
                String.valueOf(imageSize),
                "none: " + folder + " holds " + layouts.get(0));
        System.out.println("Dataset: " + folder + ", " + layouts.get(0));
    }

    private void checkDataDir() {
        WrongUsage.unless(
                imageSize == null || (imageSize >= 8 && imageSize <= 512),
                "--image-size",
                String.valueOf(imageSize),
                "[8, 512]");
        WrongUsage.unless(
                imageSize == null || dataset == Dataset.FOLDER,
                "--image-size",
                String.valueOf(imageSize),
                "none: only the pictures of --dataset folder are scaled");
        if (dataDir == null && dataset == Dataset.FOLDER) {
            throw new WrongUsage("--data-dir is missing: --dataset folder is what lies in it");
        }
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
        if (dataset == Dataset.FOLDER) {
            WrongUsage.unless(Files.isDirectory(dataDir), "--data-dir", dataDir, "a folder that is there");
            checkLayout(dataDir);
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

    /** As JSON, the first variant of a sweep; the augmentation only if it was named, since its default is the dataset's. */
    ObjectNode toJson() {
        Variant first = variants().get(0);
        ObjectNode json = Rest.JSON.createObjectNode().put("dataset", dataset.toString());
        first.model()
                .of(json)
                .put("epochs", epochs)
                .put("batchSize", batchSize)
                .put("window", window)
                .put("learningRate", first.learningRate())
                .put("schedule", schedule.toString())
                .put("warmupEpochs", warmupEpochs)
                .put("momentum", momentum)
                .put("weightDecay", weightDecay)
                .put("seed", first.seed())
                .put("limit", limit);
        if (dataDir != null) {
            json.put("dataDir", dataDir.toAbsolutePath().normalize().toString());
        }
        if (imageSize != null) {
            json.put("imageSize", imageSize);
        }
        if (augment != null) {
            json.put("augment", augment.toString());
        }
        return json;
    }
}
