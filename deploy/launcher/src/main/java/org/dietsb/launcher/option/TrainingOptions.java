package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OfOrder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What to train and how: the options that orders and scorings share. */
@Heading("Data and training")
public final class TrainingOptions implements Checked {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @OfOrder(OrderField.DATASET)
    @Option(
            names = "--dataset",
            paramLabel = "DATASET",
            description =
                    "${COMPLETION-CANDIDATES}; folder reads --data-dir: images in one folder per class, train/CLASS and"
                            + " val/CLASS or test/CLASS, or files in the layout of MNIST, CIFAR or SVHN")
    Dataset dataset = Dataset.FASHION_MINI;

    @OfOrder(OrderField.DATA_DIR)
    @Option(names = "--data-dir", paramLabel = "DIR")
    @Nullable
    Path dataDir;

    @OfOrder(OrderField.IMAGE_SIZE)
    @Option(names = "--image-size", paramLabel = "PIXELS")
    @Nullable
    Integer imageSize;

    @OfOrder(OrderField.ON_BAD_PICTURE)
    @Option(names = "--on-bad-picture", paramLabel = "WHAT", description = "damaged, or no JPEG, PNG or WebP")
    @Nullable
    OnBadPicture onBadPicture;

    @OfOrder(OrderField.MODEL)
    @Option(
            names = "--model",
            split = ",",
            paramLabel = "MODEL",
            description =
                    "resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4, wrn-28-10, googlenet, or FILE.pt, your"
                            + " own network as TorchScript; a comma-separated list is a sweep")
    public List<ModelChoice> models = List.of(ModelChoice.of(Model.RESNET8));

    @OfOrder(OrderField.EPOCHS)
    @Option(names = "--epochs", paramLabel = "N")
    int epochs = OrderField.EPOCHS.usualWhole();

    @OfOrder(OrderField.BATCH_SIZE)
    @Option(names = "--batch-size", paramLabel = "N")
    public int batchSize = OrderField.BATCH_SIZE.usualWhole();

    @OfOrder(OrderField.WINDOW)
    @Option(names = "--window", paramLabel = "N")
    int window = OrderField.WINDOW.usualWhole();

    @OfOrder(OrderField.LEARNING_RATE)
    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            split = ",",
            description = "a comma-separated list is a sweep")
    List<Double> learningRates = List.of(OrderField.LEARNING_RATE.usualNumber());

    @OfOrder(OrderField.SCHEDULE)
    @Option(names = "--schedule", paramLabel = "SCHEDULE")
    Schedule schedule = Schedule.COSINE;

    @OfOrder(OrderField.WARMUP_EPOCHS)
    @Option(names = "--warmup-epochs", paramLabel = "N")
    double warmupEpochs = OrderField.WARMUP_EPOCHS.usualNumber();

    @OfOrder(OrderField.MOMENTUM)
    @Option(names = "--momentum", paramLabel = "NUMBER")
    double momentum = OrderField.MOMENTUM.usualNumber();

    @OfOrder(OrderField.WEIGHT_DECAY)
    @Option(names = "--weight-decay", paramLabel = "NUMBER")
    double weightDecay = OrderField.WEIGHT_DECAY.usualNumber();

    @OfOrder(OrderField.AUGMENT)
    @Option(names = "--augment", paramLabel = "HOW")
    @Nullable
    Augment augment;

    @OfOrder(OrderField.SEED)
    @Option(names = "--seed", paramLabel = "N", split = ",", description = "a comma-separated list is a sweep")
    public List<Long> seeds = List.of(Long.valueOf(OrderField.SEED.usual()));

    @OfOrder(OrderField.LIMIT)
    @Option(names = "--limit", paramLabel = "N")
    int limit = OrderField.LIMIT.usualWhole();

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

    /** Notes values that contradict each other or name missing files. */
    @Override
    public void check(Mistakes mistakes) {
        boolean seen = !Target.isClusterOf(command);
        models.forEach(model -> mistakes.run(seen ? model::check : model::mustBeOfCatalogue));
        distinct("--model", models, mistakes);
        distinct("--learning-rate", learningRates, mistakes);
        distinct("--seed", seeds, mistakes);
        mistakes.unless(
                mistakes.has("--epochs") || warmupEpochs >= 0 && warmupEpochs < epochs,
                "--warmup-epochs",
                warmupEpochs,
                "[0, " + epochs + ")");
        mistakes.run(
                seen ? () -> dataset.check(dataDir, imageSize, onBadPicture) : () -> dataset.checkElsewhere(dataDir));
    }

    private static void distinct(String option, List<?> values, Mistakes mistakes) {
        mistakes.unless(
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
