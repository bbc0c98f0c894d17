package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What to train and how: the options that orders and scorings share. */
@Heading("Data and training")
public final class TrainingOptions {
    @Option(
            names = "--dataset",
            paramLabel = "DATASET",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}; folder reads --data-dir: images in one"
                    + " folder per class, train/CLASS and val/CLASS or test/CLASS, or files in the layout of MNIST, CIFAR"
                    + " or SVHN")
    Dataset dataset = Dataset.FASHION_MINI;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "folder of the dataset; default: the usual places, then a download")
    @Nullable
    Path dataDir;

    @InRange("[8, 512]")
    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "side length that the images of an image folder are scaled to, 8 to 512; default 32")
    @Nullable
    Integer imageSize;

    @Option(
            names = "--on-bad-picture",
            paramLabel = "WHAT",
            description = "what to do about files of an image folder that are damaged, unreadable or no JPEG, PNG or"
                    + " WebP: ${COMPLETION-CANDIDATES}; default fail; skipped files are counted")
    @Nullable
    OnBadPicture onBadPicture;

    @Option(
            names = "--model",
            split = ",",
            defaultValue = "resnet8",
            paramLabel = "MODEL",
            description =
                    "resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4, wrn-28-10, googlenet, or FILE.pt, your"
                            + " own network as TorchScript; default ${DEFAULT-VALUE}; a comma-separated list is a sweep")
    public List<ModelChoice> models = List.of(ModelChoice.of(Model.RESNET8));

    @InRange("[1, 100000]")
    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "length of the schedule in epochs; default ${DEFAULT-VALUE}")
    int epochs = 10;

    @InRange("[1, 65536]")
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "examples announced per batch; default ${DEFAULT-VALUE}")
    public int batchSize = 128;

    @InRange("[1, 64]")
    @Option(
            names = "--window",
            paramLabel = "N",
            description = "batches whose selection pass may run while masks are on their way, 1 to 64; "
                    + "1 = exact Selective-Backprop; default ${DEFAULT-VALUE}")
    int window = 4;

    @InRange("(0, 1000000)")
    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            split = ",",
            defaultValue = "0.1",
            description = "peak learning rate; default ${DEFAULT-VALUE}; a comma-separated list is a sweep")
    List<Double> learningRates = List.of(.1);

    @Option(
            names = "--schedule",
            paramLabel = "SCHEDULE",
            description = "schedule of the learning rate: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    Schedule schedule = Schedule.COSINE;

    @Option(
            names = "--warmup-epochs",
            paramLabel = "N",
            defaultValue = "0",
            description = "epochs over which the learning rate rises from 0; default ${DEFAULT-VALUE}")
    double warmupEpochs;

    @InRange("[0, 1)")
    @Option(
            names = "--momentum",
            paramLabel = "NUMBER",
            defaultValue = "0.9",
            description = "Nesterov momentum; default ${DEFAULT-VALUE}")
    double momentum = .9;

    @InRange("[0, 1)")
    @Option(
            names = "--weight-decay",
            paramLabel = "NUMBER",
            defaultValue = "0.0005",
            description = "L2; default ${DEFAULT-VALUE}")
    double weightDecay = 5e-4;

    @Option(
            names = "--augment",
            paramLabel = "HOW",
            description = "${COMPLETION-CANDIDATES}; default crop,flip, for digits crop")
    @Nullable
    Augment augment;

    @Option(
            names = "--seed",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "root seed of all randomness; default ${DEFAULT-VALUE}; a comma-separated list is a sweep")
    public List<Long> seeds = List.of(1L);

    @InRange(value = "[0, 2147483647]", text = "0 (all) or more")
    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "number of training examples, from the first on; 0 = all; default 0")
    int limit;

    enum Schedule {
        COSINE,
        STEP,
        CONSTANT;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    enum OnBadPicture {
        FAIL,
        SKIP;

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
            return Label.of(this).replace('-', ',');
        }
    }

    /** Rejects values that contradict each other or name missing files. */
    public void check() {
        models.forEach(ModelChoice::check);
        distinct("--model", models);
        distinct("--learning-rate", learningRates);
        distinct("--seed", seeds);
        WrongUsage.unless(
                warmupEpochs >= 0 && warmupEpochs < epochs, "--warmup-epochs", warmupEpochs, "[0, " + epochs + ")");
        dataset.check(dataDir, imageSize, onBadPicture);
    }

    private static void distinct(String option, List<?> values) {
        WrongUsage.unless(
                new HashSet<>(values).size() == values.size(),
                option,
                values.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "each value once");
    }

    /**
     * A run of a sweep.
     *
     * @param learningRate peak learning rate
     */
    public record Variant(ModelChoice model, double learningRate, long seed) {

        /** Sets the values of this variant in an order. */
        public ObjectNode of(ObjectNode order) {
            order.remove(List.of("model", "modelFile", "modelChecksum"));
            return model.of(order).put("learningRate", learningRate).put("seed", seed);
        }

        /** Returns the variant as part of a file name. */
        public String words() {
            return model + "-" + learningRate + "-" + seed;
        }
    }

    /** Returns every model with every learning rate and every seed, in this order; one variant if there is no sweep. */
    public List<Variant> variants() {
        return models.stream()
                .flatMap(model -> learningRates.stream()
                        .flatMap(rate -> seeds.stream().map(seed -> new Variant(model, rate, seed))))
                .toList();
    }

    /** Returns an order of the first variant. The augmentation is present only if given, as its default depends on the dataset. */
    public ObjectNode toJson() {
        Variant first = variants().get(0);
        ObjectNode json = Json.object().put("dataset", dataset.toString());
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
        if (onBadPicture != null) {
            json.put("onBadPicture", onBadPicture.toString());
        }
        if (augment != null) {
            json.put("augment", augment.toString());
        }
        return json;
    }
}
