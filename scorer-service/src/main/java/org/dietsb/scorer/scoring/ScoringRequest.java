package org.dietsb.scorer.scoring;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** The body of POST /scorings; what is left out has its default. */
record ScoringRequest(
        @Nullable String id,
        @Nullable String dataset,
        @Nullable String dataDir,
        @Nullable Integer limit,
        @Nullable String model,
        @Nullable Integer members,
        @Nullable Integer scoringEpochs,
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Integer window,
        @Nullable Double learningRate,
        @Nullable String schedule,
        @Nullable Double warmupEpochs,
        @Nullable Double momentum,
        @Nullable Double weightDecay,
        @Nullable String augment,
        @Nullable Long seed) {

    int memberCount() {
        return within("members", or(members, 2), 1, 100);
    }

    int epochsEach() {
        return within("scoringEpochs", or(scoringEpochs, 2), 1, or(epochs, 10));
    }

    long firstSeed() {
        return or(seed, 1L);
    }

    /** What every member trains; run id, seed and member number are theirs. */
    TrainingOrder recipe() {
        String images = named("dataset", or(dataset, "fashion-mini"));
        String changes = oneOf("augment", or(augment, "crop,flip"), List.of("crop,flip", "crop", "flip", "none"));
        Recipe.Builder recipe = Recipe.newBuilder()
                .setEpochs(within("epochs", or(epochs, 10), 1, 100_000))
                .setBatchSize(within("batchSize", or(batchSize, 128), 1, 65_536))
                .setLearningRate(or(learningRate, .1))
                .setSchedule(Recipe.Schedule.valueOf(
                        oneOf("schedule", or(schedule, "cosine"), List.of("step", "cosine", "constant"))
                                .toUpperCase(Locale.ROOT)))
                .setWarmupEpochs(or(warmupEpochs, 0.0))
                .setMomentum(or(momentum, .9))
                .setWeightDecay(or(weightDecay, 5e-4))
                .setCrop(changes.contains("crop"))
                .setFlip(changes.contains("flip"));
        DatasetChoice.Builder choice = DatasetChoice.newBuilder()
                .setName(images)
                .setLimit(within("limit", or(limit, 0), 0, Integer.MAX_VALUE));
        if (dataDir != null) {
            choice.setDataDir(dataDir);
        }
        return TrainingOrder.newBuilder()
                .setDataset(choice)
                .setModel(named("model", or(model, "resnet8")))
                .setRecipe(recipe)
                .setWindow(within("window", or(window, 4), 1, 64))
                .setFirstPolicy(Policy.newBuilder()
                        .setKind(Policy.Kind.BASELINE)
                        .setKeep(1)
                        .setEnd(1))
                .build();
    }

    /** The id asked for, or one that equal requests share. */
    String idOrDerived() {
        if (id != null) {
            return named("id", id);
        }
        String all = recipe() + "/" + memberCount() + "/" + epochsEach() + "/" + firstSeed();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return "%s-%s-k%d-e%d-%s"
                    .formatted(
                            or(dataset, "fashion-mini"),
                            or(model, "resnet8"),
                            memberCount(),
                            epochsEach(),
                            HexFormat.of().formatHex(digest, 0, 4));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static int within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is [" + least + ", " + most + "]");
        }
        return value;
    }

    private static String named(String field, String value) {
        if (!value.matches("[a-z0-9][a-z0-9.-]{0,69}")) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is [a-z0-9][a-z0-9.-]{0,69}");
        }
        return value;
    }

    private static String oneOf(String field, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", allowed is one of " + String.join(" | ", allowed));
        }
        return value;
    }
}
