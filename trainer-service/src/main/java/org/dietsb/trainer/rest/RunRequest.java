package org.dietsb.trainer.rest;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.model.ModelCatalog;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;
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
        @Nullable PolicyJson policy,
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
        @Nullable Double stopAtAccuracy,
        @Nullable Integer checkpointEvery,
        @Nullable Long seed,
        @Nullable Double maskTimeoutSeconds,
        @Nullable String onTimeout) {

    private static final List<String> SCHEDULES = List.of("step", "cosine", "constant");
    /**
     * Parses a body; an empty object stands for the defaults.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static RunRequest parse(@Nullable String json) {
        return StrictJson.read(json, RunRequest.class, "an order");
    }

    /**
     * Returns the order, validated.
     *
     * @param defaultPolicy policy of new runs that name none
     * @param files finds the files that the order names
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    TrainingOrder toOrder(Policy defaultPolicy, Files files) {
        String images = oneOf("dataset", or(dataset, "fashion-mini"), DatasetCatalog.names());
        if (imageSize != null && !images.equals(DatasetCatalog.anyFolder())) {
            throw new IllegalArgumentException("imageSize is " + imageSize
                    + ", allowed is none: only the pictures of dataset " + DatasetCatalog.anyFolder() + " are scaled");
        }
        OnBadPicture onBad =
                OnBadPicture.valueOf(oneOf("onBadPicture", or(onBadPicture, "fail"), List.of("fail", "skip"))
                        .toUpperCase(Locale.ROOT));
        if (onBad != OnBadPicture.FAIL && !images.equals(DatasetCatalog.anyFolder())) {
            throw new IllegalArgumentException("onBadPicture is " + onBad + ", allowed is fail: only dataset "
                    + DatasetCatalog.anyFolder() + " reads single pictures");
        }
        TrainingOrder.GivenFile network = given(files, "modelFile", modelFile, modelChecksum);
        String net = network == null
                ? oneOf("model", or(model, "resnet8"), ModelCatalog.names())
                : or(model, TrainingOrder.nameOf(network));
        TrainingOrder.GivenFile begin = given(files, "init", init, initChecksum);
        Policy first = policy == null ? defaultPolicy : policy.toPolicy();
        if (first.proxy() != null && !ModelCatalog.names().contains(first.proxy())) {
            throw new IllegalArgumentException("losses is proxy:" + first.proxy() + ", allowed is proxy: and one of "
                    + String.join(", ", ModelCatalog.names()));
        }
        String changes = or(augment, DatasetCatalog.isOfDigits(images) ? "crop" : "crop,flip");
        if (!List.of("crop,flip", "crop", "flip", "none").contains(changes)) {
            throw new IllegalArgumentException(
                    "augment is " + changes + ", allowed is one of crop,flip | crop | flip | none");
        }
        double timeout = or(maskTimeoutSeconds, 30.0);
        if (!(timeout >= .001 && timeout <= 86_400)) {
            throw new IllegalArgumentException("maskTimeoutSeconds is " + timeout + ", allowed is [0.001, 86400]");
        }
        return new TrainingOrder(
                id == null ? newId(images, net, first) : id,
                new TrainingOrder.DatasetChoice(images, dataDir, or(limit, 0), size(imageSize), onBad),
                net,
                or(seed, 1L),
                new TrainingOrder.Recipe(
                        or(epochs, 10),
                        Budget.parse(or(budget, "epochs")),
                        or(batchSize, 128),
                        or(learningRate, .1),
                        oneOf("schedule", or(schedule, "cosine"), SCHEDULES),
                        or(warmupEpochs, 0.0),
                        or(momentum, .9),
                        or(weightDecay, 5e-4),
                        changes.contains("crop"),
                        changes.contains("flip")),
                or(window, 4),
                first,
                Duration.ofNanos((long) (timeout * 1e9)),
                OnTimeout.valueOf(oneOf("onTimeout", or(onTimeout, "whole"), List.of("whole", "random", "wait"))
                        .toUpperCase(Locale.ROOT)),
                or(evaluateEvery, 1),
                or(checkpointEvery, 0),
                stopAtAccuracy,
                begin,
                network,
                null,
                null,
                false);
    }

    /** Finds the files that orders name. */
    interface Files {
        /**
         * Returns a file with its checksum.
         *
         * @throws IllegalArgumentException naming the field if orders may not name the file, or it does not exist
         */
        TrainingOrder.GivenFile given(String field, String path);
    }

    /** Returns a file that the order names; if the order names a checksum too, it must match. */
    private static TrainingOrder.@Nullable GivenFile given(
            Files files, String field, @Nullable String path, @Nullable String checksum) {
        TrainingOrder.GivenFile file = path == null ? null : files.given(field, path);
        if (checksum != null && (file == null || !checksum.equals(file.checksum()))) {
            throw new IllegalArgumentException("the checksum of " + field + " is "
                    + checksum.substring(0, Math.min(64, checksum.length())) + ", allowed is "
                    + (file == null ? "none without " + field : file.checksum() + ", the SHA-256 of " + file.path()));
        }
        return file;
    }

    /** Rejects 0, which in an order stands for no size. */
    private static int size(@Nullable Integer imageSize) {
        if (imageSize != null && imageSize == 0) {
            throw new IllegalArgumentException("imageSize is 0, allowed is [8, 512]");
        }
        return or(imageSize, 0);
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static String oneOf(String field, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", allowed is one of " + String.join(", ", allowed));
        }
        return value;
    }

    private static String newId(String dataset, String model, Policy policy) {
        int random = ThreadLocalRandom.current().nextInt(0x1000000);
        return "%s-%s-%s-%06x".formatted(dataset, model, policy.kind().label(), random);
    }
}
