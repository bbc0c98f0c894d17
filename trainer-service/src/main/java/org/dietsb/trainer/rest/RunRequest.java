package org.dietsb.trainer.rest;

import static org.dietsb.contracts.field.OrderField.AUGMENT;
import static org.dietsb.contracts.field.OrderField.BATCH_SIZE;
import static org.dietsb.contracts.field.OrderField.BUDGET;
import static org.dietsb.contracts.field.OrderField.CHECKPOINT_EVERY;
import static org.dietsb.contracts.field.OrderField.DATASET;
import static org.dietsb.contracts.field.OrderField.DATA_DIR;
import static org.dietsb.contracts.field.OrderField.EPOCHS;
import static org.dietsb.contracts.field.OrderField.EVALUATE_EVERY;
import static org.dietsb.contracts.field.OrderField.IMAGE_SIZE;
import static org.dietsb.contracts.field.OrderField.LEARNING_RATE;
import static org.dietsb.contracts.field.OrderField.LIMIT;
import static org.dietsb.contracts.field.OrderField.MASK_TIMEOUT_SECONDS;
import static org.dietsb.contracts.field.OrderField.MODEL;
import static org.dietsb.contracts.field.OrderField.MOMENTUM;
import static org.dietsb.contracts.field.OrderField.ON_BAD_PICTURE;
import static org.dietsb.contracts.field.OrderField.ON_TIMEOUT;
import static org.dietsb.contracts.field.OrderField.SCHEDULE;
import static org.dietsb.contracts.field.OrderField.SEED;
import static org.dietsb.contracts.field.OrderField.WAIT_FOR_SCORES;
import static org.dietsb.contracts.field.OrderField.WARMUP_EPOCHS;
import static org.dietsb.contracts.field.OrderField.WEIGHT_DECAY;
import static org.dietsb.contracts.field.OrderField.WINDOW;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.dietsb.contracts.Bounds;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.model.ModelCatalog;
import org.dietsb.trainer.run.DataFolders;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of POST /runs; fields that are absent have defaults. */
record RunRequest(
        @Nullable String id,
        @Nullable String dataset,
        @Nullable String dataDir,
        @Nullable Integer limit,
        @Nullable Integer imageSize,
        @Nullable String onBadPicture,
        @Nullable String model,
        @Nullable String modelFile,
        @Nullable String modelChecksum,
        @Nullable String init,
        @Nullable String initChecksum,

        @Schema(description = "which examples the run trains on; without it the default policy") @Nullable
        PolicyJson policy,

        @Nullable Integer epochs,
        @Nullable String budget,
        @Nullable Integer batchSize,
        @Nullable Integer window,
        @Nullable Double learningRate,
        @Nullable String schedule,
        @Nullable Double warmupEpochs,
        @Nullable Double momentum,
        @Nullable Double weightDecay,
        @Nullable String augment,
        @Nullable Integer evaluateEvery,

        @JsonDeserialize(using = Share.Reader.class) @Nullable
        Double stopAtAccuracy,

        @Nullable Integer checkpointEvery,
        @Nullable Long seed,
        @Nullable Double maskTimeoutSeconds,
        @Nullable String onTimeout,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable
        List<String> tags,

        @Nullable Boolean waitForScores) {

    /**
     * What was asked for.
     *
     * @param awaitsScores whether the order is to be queued by the scorer, when the scores of its policy are there
     */
    record Asked(TrainingOrder order, boolean awaitsScores) {}

    /** Valid substitutes for parts that are refused, so that the rest of the order is checked too. */
    private static final TrainingOrder.DatasetChoice ANY_DATASET =
            new TrainingOrder.DatasetChoice(DATASET.usual(), null, 0, 0);

    /**
     * Parses a body and validates the order; an empty object stands for the defaults.
     *
     * @param defaultPolicy policy of new runs that name none
     * @param files finds the files that the order names
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    static Asked read(@Nullable String json, Policy defaultPolicy, Files files) {
        Violations wrong = new Violations();
        RunRequest request = StrictJson.read(json, RunRequest.class, "an order", wrong);
        TrainingOrder order = wrong.orNull(() -> request.toOrder(defaultPolicy, files, wrong));
        boolean awaits = or(request.waitForScores, false);
        if (awaits && order != null) {
            wrong.require(
                    order.firstPolicy().namesScoreSet(),
                    WAIT_FOR_SCORES.label(),
                    true,
                    "false for a policy that names no score set");
            wrong.require(
                    order.proxy() == null,
                    WAIT_FOR_SCORES.label(),
                    true,
                    "false with a proxy: order the run when its scores are there");
        }
        wrong.orThrow();
        return new Asked(Objects.requireNonNull(order), awaits);
    }

    private TrainingOrder toOrder(Policy defaultPolicy, Files files, Violations wrong) {
        String images =
                wrong.or(DATASET.usual(), () -> oneOf(DATASET, or(dataset, DATASET.usual()), DatasetCatalog.names()));
        TrainingOrder.DatasetChoice choice = wrong.or(ANY_DATASET, () -> choice(images, wrong));
        TrainingOrder.GivenFile network = wrong.orNull(() -> given(files, "modelFile", modelFile, modelChecksum));
        String net = network != null
                ? or(model, TrainingOrder.nameOf(network))
                : modelFile != null
                        ? MODEL.usual()
                        : wrong.or(MODEL.usual(), () -> oneOf(MODEL, or(model, MODEL.usual()), ModelCatalog.names()));
        TrainingOrder.GivenFile begin = wrong.orNull(() -> given(files, "init", init, initChecksum));
        Policy first = policy(defaultPolicy, wrong);
        double timeout = or(maskTimeoutSeconds, MASK_TIMEOUT_SECONDS.usualNumber());
        wrong.check(MASK_TIMEOUT_SECONDS, timeout);
        OnTimeout late = OnTimeout.valueOf(upper(choice(ON_TIMEOUT, onTimeout, ON_TIMEOUT.usual(), wrong)));
        TrainingOrder.Recipe recipe = recipe(images, wrong);
        TrainingOrder.Recipe checked = recipe == null ? usualRecipe() : recipe;
        if (choice.dataDir() != null) {
            wrong.run(() -> files.checkFolder(String.valueOf(choice.dataDir())));
        }
        return new TrainingOrder(
                id == null ? newId(images, net, first) : id,
                choice,
                net,
                or(seed, Long.parseLong(SEED.usual())),
                checked,
                or(window, WINDOW.usualWhole()),
                first,
                wrong.has(MASK_TIMEOUT_SECONDS.label())
                        ? Duration.ofSeconds(1)
                        : Duration.ofNanos((long) (timeout * 1e9)),
                late,
                or(evaluateEvery, EVALUATE_EVERY.usualWhole()),
                or(checkpointEvery, CHECKPOINT_EVERY.usualWhole()),
                stopAtAccuracy,
                begin,
                network,
                null,
                null,
                false,
                words());
    }

    /** Returns the tags: those of a list, or of one text with commas between them, as forms send it. */
    private List<String> words() {
        if (tags == null || tags.equals(List.of(""))) {
            return List.of();
        }
        return tags.stream()
                .flatMap(one -> Stream.of(String.valueOf((Object) one).split(",", -1)))
                .map(String::strip)
                .toList();
    }

    private TrainingOrder.DatasetChoice choice(String images, Violations wrong) {
        String folder = DatasetCatalog.anyFolder();
        boolean scaled = images.equals(folder) || wrong.has(DATASET.label());
        wrong.require(
                !images.equals(folder) || dataDir != null,
                DATA_DIR.label(),
                "missing",
                "a folder on the trainer's machine for dataset " + folder);
        OnBadPicture onBad =
                OnBadPicture.valueOf(upper(choice(ON_BAD_PICTURE, onBadPicture, ON_BAD_PICTURE.usual(), wrong)));
        wrong.require(
                scaled || imageSize == null,
                IMAGE_SIZE.label(),
                or(imageSize, 0),
                "none: only the pictures of dataset " + folder + " are scaled");
        wrong.require(
                scaled || onBad == OnBadPicture.FAIL,
                ON_BAD_PICTURE.label(),
                onBad,
                "fail: only dataset " + folder + " reads single pictures");
        // 0 stands for no size in an order.
        int size = scaled && imageSize != null ? imageSize : 0;
        wrong.require(!scaled || imageSize == null || size != 0, IMAGE_SIZE.label(), size, IMAGE_SIZE.allowed());
        return new TrainingOrder.DatasetChoice(images, dataDir, or(limit, LIMIT.usualWhole()), size, onBad);
    }

    private Policy policy(Policy defaultPolicy, Violations wrong) {
        Policy read = policy == null ? defaultPolicy : wrong.orNull("policy.", policy::toPolicy);
        Policy first = read == null ? defaultPolicy : read;
        if (first.proxy() != null && !ModelCatalog.names().contains(first.proxy())) {
            wrong.add(
                    "policy.losses",
                    "losses is proxy:" + first.proxy() + ", allowed is proxy: and one of "
                            + String.join(", ", ModelCatalog.names()));
        }
        return first;
    }

    private TrainingOrder.@Nullable Recipe recipe(String images, Violations wrong) {
        String changes = choice(AUGMENT, augment, OrderField.usualAugment(images), wrong);
        return wrong.orNull(() -> new TrainingOrder.Recipe(
                or(epochs, EPOCHS.usualWhole()),
                wrong.or(new Budget.Epochs(), () -> Budget.parse(or(budget, BUDGET.usual()))),
                or(batchSize, BATCH_SIZE.usualWhole()),
                or(learningRate, LEARNING_RATE.usualNumber()),
                choice(SCHEDULE, schedule, SCHEDULE.usual(), wrong),
                or(warmupEpochs, WARMUP_EPOCHS.usualNumber()),
                or(momentum, MOMENTUM.usualNumber()),
                or(weightDecay, WEIGHT_DECAY.usualNumber()),
                changes.contains("crop"),
                changes.contains("flip")));
    }

    private static TrainingOrder.Recipe usualRecipe() {
        return new TrainingOrder.Recipe(
                EPOCHS.usualWhole(),
                new Budget.Epochs(),
                BATCH_SIZE.usualWhole(),
                LEARNING_RATE.usualNumber(),
                SCHEDULE.usual(),
                WARMUP_EPOCHS.usualNumber(),
                MOMENTUM.usualNumber(),
                WEIGHT_DECAY.usualNumber(),
                true,
                true);
    }

    /** Finds the files that orders name. */
    interface Files {
        /**
         * Returns a file with its checksum.
         *
         * @throws IllegalArgumentException naming the field if orders may not name the file, or it does not exist
         */
        TrainingOrder.GivenFile given(String field, String path);

        /**
         * Returns if orders may name a folder as that of their dataset.
         *
         * @throws IllegalArgumentException naming what is allowed if they may not
         */
        void checkFolder(String path);

        /** Finds files beneath the folders that the trainer may read. */
        static Files beneath(DataFolders folders) {
            return new Files() {
                @Override
                public TrainingOrder.GivenFile given(String field, String path) {
                    return folders.given(field, path);
                }

                @Override
                public void checkFolder(String path) {
                    var unused = folders.checked(path);
                }
            };
        }
    }

    /** Returns a file that the order names; if the order names a checksum too, it must match. */
    private static TrainingOrder.@Nullable GivenFile given(
            Files files, String field, @Nullable String path, @Nullable String checksum) {
        TrainingOrder.GivenFile file = path == null ? null : files.given(field, path);
        if (checksum != null && (file == null || !checksum.equals(file.checksum()))) {
            throw new RefusedException(
                    field + "Checksum",
                    "the checksum of " + field + " is "
                            + checksum.substring(0, Math.min(64, checksum.length())) + ", allowed is "
                            + (file == null
                                    ? "none without " + field
                                    : file.checksum() + ", the SHA-256 of " + file.path()));
        }
        return file;
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    /** Returns a choice, or the default if it is missing or refused, which is noted. */
    private static String choice(OrderField field, @Nullable String value, String usual, Violations wrong) {
        return wrong.or(usual, () -> oneOf(field, or(value, usual), field.choices()));
    }

    private static String oneOf(OrderField field, String value, List<String> allowed) {
        // The choices of augment have commas.
        Bounds.require(
                allowed.contains(value),
                field.label(),
                value,
                "one of " + String.join(field == AUGMENT ? " | " : ", ", allowed));
        return value;
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }

    private static String newId(String dataset, String model, Policy policy) {
        int random = ThreadLocalRandom.current().nextInt(0x1000000);
        return "%s-%s-%s-%06x".formatted(dataset, model, policy.kind().label(), random);
    }
}
