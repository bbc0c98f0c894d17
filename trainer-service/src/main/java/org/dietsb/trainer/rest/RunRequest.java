package org.dietsb.trainer.rest;

import static java.util.Objects.requireNonNullElse;
import static org.dietsb.contracts.field.OrderField.CHECKPOINT_EVERY;
import static org.dietsb.contracts.field.OrderField.EVALUATE_EVERY;
import static org.dietsb.contracts.field.OrderField.MASK_TIMEOUT_SECONDS;
import static org.dietsb.contracts.field.OrderField.MODEL;
import static org.dietsb.contracts.field.OrderField.ON_TIMEOUT;
import static org.dietsb.contracts.field.OrderField.SEED;
import static org.dietsb.contracts.field.OrderField.WAIT_FOR_SCORES;
import static org.dietsb.contracts.field.OrderField.WINDOW;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.model.ModelCatalog;
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

    /**
     * Parses a body and validates the order; an empty object stands for the defaults.
     *
     * @param defaultPolicy policy of new runs that name none
     * @param files finds the files that the order names
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    static Asked read(@Nullable String json, Policy defaultPolicy, OrderFiles files) {
        Violations wrong = new Violations();
        RunRequest request = StrictJson.read(json, RunRequest.class, "an order", wrong);
        TrainingOrder order = wrong.orNull(() -> request.toOrder(defaultPolicy, files, wrong));
        boolean awaits = requireNonNullElse(request.waitForScores, false);
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

    private TrainingOrder toOrder(Policy defaultPolicy, OrderFiles files, Violations wrong) {
        Choices choices = new Choices(wrong);
        TrainingOrder.DatasetChoice images =
                new RequestedImages(dataset, dataDir, limit, imageSize, onBadPicture).choice(choices);
        TrainingOrder.GivenFile network = wrong.orNull(() -> files.given("modelFile", modelFile, modelChecksum));
        String net = network != null
                ? requireNonNullElse(model, TrainingOrder.nameOf(network))
                : modelFile != null ? MODEL.usual() : choices.of(MODEL, model, MODEL.usual(), ModelCatalog.names());
        TrainingOrder.GivenFile begin = wrong.orNull(() -> files.given("init", init, initChecksum));
        Policy first = policy(defaultPolicy, wrong);
        double timeout = requireNonNullElse(maskTimeoutSeconds, MASK_TIMEOUT_SECONDS.usualNumber());
        wrong.check(MASK_TIMEOUT_SECONDS, timeout);
        OnTimeout late = choices.of(ON_TIMEOUT, onTimeout, OnTimeout.class);
        TrainingOrder.Recipe recipe = new RequestedRecipe(
                        epochs, budget, batchSize, learningRate, schedule, warmupEpochs, momentum, weightDecay, augment)
                .recipe(images.name(), choices);
        if (images.dataDir() != null) {
            wrong.run(() -> files.checkFolder(String.valueOf(images.dataDir())));
        }
        return new TrainingOrder(
                id == null ? newId(images.name(), net, first) : id,
                images,
                net,
                requireNonNullElse(seed, Long.parseLong(SEED.usual())),
                recipe,
                requireNonNullElse(window, WINDOW.usualWhole()),
                first,
                wrong.has(MASK_TIMEOUT_SECONDS.label())
                        ? Duration.ofSeconds(1)
                        : Duration.ofNanos((long) (timeout * 1e9)),
                late,
                requireNonNullElse(evaluateEvery, EVALUATE_EVERY.usualWhole()),
                requireNonNullElse(checkpointEvery, CHECKPOINT_EVERY.usualWhole()),
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

    private static String newId(String dataset, String model, Policy policy) {
        int random = ThreadLocalRandom.current().nextInt(0x1000000);
        return "%s-%s-%s-%06x".formatted(dataset, model, policy.kind().label(), random);
    }
}
