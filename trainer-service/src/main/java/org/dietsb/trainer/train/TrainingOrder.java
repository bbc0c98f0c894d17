package org.dietsb.trainer.train;

import static org.dietsb.contracts.Bounds.require;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Tags;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.loss.OnTimeout;
import org.jspecify.annotations.Nullable;

/**
 * An order: what to train, and how.
 *
 * @param window number of batches that may be announced ahead while a mask travels, [1, 64]; 1 = exact
 *     Selective-Backprop, larger windows use losses that are up to window - 1 steps old
 * @param firstPolicy policy of revision 0
 * @param evaluateEvery evaluates on the test set after every n-th epoch and at the end; 0 = never
 * @param checkpointEvery number of batches between barriers with a checkpoint; 0 = at the end of an epoch only
 * @param stopAtAccuracy accuracy on the test set, (0, 1], at which the run ends; null = at the end of its schedule
 * @param init initial parameters; null = fresh ones
 * @param modelFile the user's own network, with {@link #nameOf} as {@code model}; null = a network of the catalogue
 * @param member set if the run is a member of a scoring ensemble
 * @param proxyOf the run that gets the masks of this one, if this is a proxy; else null
 * @param foreign whether a loop of its own trains the run, and not a trainer
 * @param tags words by which the run is found
 */
public record TrainingOrder(
        String runId,
        DatasetChoice dataset,
        String model,
        long seed,
        Recipe recipe,
        int window,
        Policy firstPolicy,
        Duration maskTimeout,
        OnTimeout onTimeout,
        int evaluateEvery,
        int checkpointEvery,
        @Nullable Double stopAtAccuracy,
        @Nullable GivenFile init,
        @Nullable GivenFile modelFile,
        @Nullable ScoringMember member,
        @Nullable String proxyOf,
        boolean foreign,
        List<String> tags) {

    public TrainingOrder {
        Violations wrong = new Violations();
        List<String> words = List.copyOf(tags);
        wrong.run(() -> Tags.check(words));
        wrong.run(() -> RunId.check("id", runId));
        wrong.require(model.length() <= 80, "model", model.length() + " characters", "80 or fewer");
        wrong.check(OrderField.WINDOW, window);
        wrong.require(!maskTimeout.isNegative() && !maskTimeout.isZero(), "maskTimeoutSeconds", maskTimeout, "above 0");
        wrong.check(OrderField.CHECKPOINT_EVERY, checkpointEvery);
        wrong.check(OrderField.EVALUATE_EVERY, evaluateEvery);
        if (stopAtAccuracy != null) {
            wrong.check(OrderField.STOP_AT_ACCURACY, stopAtAccuracy);
            wrong.require(
                    evaluateEvery != 0,
                    "evaluateEvery",
                    evaluateEvery,
                    "1 or more with stopAtAccuracy: the run stops at an evaluation");
        }
        wrong.require(
                modelFile == null || model.equals(nameOf(modelFile)),
                "model",
                model,
                modelFile == null ? "" : nameOf(modelFile) + ", after the checksum of modelFile");
        String unfit = firstPolicy.unfitFor(recipe.batchSize());
        if (!unfit.isEmpty()) {
            wrong.add("policy.historySize", unfit);
        }
        wrong.require(
                !firstPolicy.kind().replays() || recipe.budget() instanceof Budget.Epochs,
                "budget",
                recipe.budget(),
                "epochs for " + firstPolicy.kind() + ": recorded epochs are used by their numbers");
        if (proxyOf != null) {
            wrong.run(() -> RunId.check("id", proxyOf));
        }
        if (firstPolicy.proxy() != null) {
            wrong.require(
                    recipe.budget() instanceof Budget.Epochs,
                    "budget",
                    recipe.budget(),
                    "epochs with a proxy: a run and its proxy are of equal length");
            wrong.require(
                    !RunId.isValid(runId) || (RunId.isValid(runId + PROXY) && member == null && proxyOf == null),
                    "id",
                    runId,
                    "74 characters or fewer, and neither a proxy nor a member of a scoring: its proxy is " + runId
                            + PROXY);
        }
        wrong.run(() -> checkOwnEpochs(runId, recipe, firstPolicy.ownEpochs(), member != null));
        if (firstPolicy.ownEpochs() != 0 && (firstPolicy.proxy() != null || proxyOf != null)) {
            wrong.add(
                    "policy.scoreSet",
                    "scoreSet is own:" + firstPolicy.ownEpochs()
                            + ", allowed is a score set with a proxy: the run and its proxy have one diet");
        }
        wrong.orThrow();
        tags = words;
    }

    private static final String PROXY = "-proxy";

    /**
     * Returns the other part of this order: a run of the small model on the same batches, whose masks this run gets. It waits for
     * masks without a time-out, and is evaluated once, at its end. Null if the policy has no proxy.
     */
    public @Nullable TrainingOrder proxy() {
        String small = firstPolicy.proxy();
        return small == null
                ? null
                : new TrainingOrder(
                        runId + PROXY,
                        dataset,
                        small,
                        seed,
                        recipe,
                        window,
                        firstPolicy.but().proxy(null).build(),
                        maskTimeout,
                        OnTimeout.WAIT,
                        recipe.epochs(),
                        checkpointEvery,
                        null,
                        null,
                        null,
                        null,
                        runId,
                        false,
                        tags);
    }

    /** Returns the run that this one begins and ends with: its proxy, or the run of this proxy; null if there is none. */
    public @Nullable String partner() {
        return firstPolicy.proxy() != null ? runId + PROXY : proxyOf;
    }

    /** Returns the name of a user's own network, which is derived from its checksum. */
    public static String nameOf(GivenFile modelFile) {
        return "pt-" + modelFile.checksum().substring(0, 12);
    }

    /**
     * A file on the trainer's machine.
     *
     * @param checksum SHA-256 of its content in hex
     */
    public record GivenFile(String path, String checksum) {
        private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

        public GivenFile {
            require(path.length() <= 4_096, "path", path.length() + " characters", "4096 or fewer");
            require(
                    SHA_256.matcher(checksum).matches(),
                    "checksum",
                    checksum.length() + " characters",
                    SHA_256.pattern());
        }
    }

    /**
     * Checks an order whose diet is based on its own first epochs; its score set is named after the run.
     *
     * @throws IllegalArgumentException if the run is too short, or its id too long for the name
     */
    private static void checkOwnEpochs(String runId, Recipe recipe, int ownEpochs, boolean member) {
        if (ownEpochs == 0) {
            return;
        }
        String given = "own:" + ownEpochs;
        require(!member, "scoreSet", given, "a score set for a member of a scoring");
        require(
                recipe.budget() instanceof Budget.Epochs,
                "budget",
                recipe.budget(),
                "epochs for scoreSet " + given + ": its epochs are not equally long");
        require(
                ownEpochs < recipe.epochs(),
                "scoreSet",
                given,
                "own:N, N in [1, epochs - 1], epochs is " + recipe.epochs());
        require(RunId.isValid(Policy.ownScores(runId)), "id", runId, "76 characters or fewer for scoreSet " + given);
    }

    /**
     * The dataset of an order.
     *
     * @param dataDir folder on the trainer's machine; null = the usual places
     * @param limit number of training examples to use, from the first; 0 = all
     * @param imageSize side to which the pictures of an image folder are scaled, [8, 512]; 0 = the default, or not an image folder
     * @param onBadPicture what to do about files of an image folder that are no readable pictures
     */
    public record DatasetChoice(
            String name, @Nullable String dataDir, int limit, int imageSize, OnBadPicture onBadPicture) {

        /** Creates a choice that refuses files that are no readable pictures. */
        public DatasetChoice(String name, @Nullable String dataDir, int limit, int imageSize) {
            this(name, dataDir, limit, imageSize, OnBadPicture.FAIL);
        }

        public DatasetChoice {
            require(name.length() <= 80, "dataset", name.length() + " characters", "80 or fewer");
            require(
                    dataDir == null || dataDir.length() <= 4_096,
                    "dataDir",
                    dataDir == null ? 0 : dataDir.length() + " characters",
                    "4096 or fewer");
            Violations wrong = new Violations();
            wrong.check(OrderField.LIMIT, limit);
            if (imageSize != 0) {
                wrong.check(OrderField.IMAGE_SIZE, imageSize);
            }
            wrong.orThrow();
        }
    }

    /**
     * The hyperparameters of training.
     *
     * @param epochs length of the schedule, unless the budget sets another
     * @param warmupEpochs number of epochs over which the learning rate rises from 0
     * @param crop whether images are padded by 4 pixels and randomly cropped
     * @param flip whether images are randomly flipped horizontally
     */
    public record Recipe(
            int epochs,
            Budget budget,
            int batchSize,
            double learningRate,
            String schedule,
            double warmupEpochs,
            double momentum,
            double weightDecay,
            boolean crop,
            boolean flip) {
        public Recipe {
            Violations wrong = new Violations();
            wrong.check(OrderField.EPOCHS, epochs);
            wrong.check(OrderField.BATCH_SIZE, batchSize);
            wrong.check(OrderField.LEARNING_RATE, learningRate);
            wrong.require(
                    warmupEpochs >= 0 && (warmupEpochs < epochs || wrong.has("epochs")),
                    "warmupEpochs",
                    warmupEpochs,
                    OrderField.WARMUP_EPOCHS.allowed());
            wrong.check(OrderField.MOMENTUM, momentum);
            wrong.check(OrderField.WEIGHT_DECAY, weightDecay);
            wrong.orThrow();
        }
    }

    /** Membership in a scoring, by number from 0: the run stops early and reports error norms. */
    public record ScoringMember(String scoringId, int member, int stopAfterEpochs) {
        public ScoringMember {
            RunId.check("scoringId", scoringId);
            require(member >= 0, "member", member, "0 or more");
            require(stopAfterEpochs >= 1, "stopAfterEpochs", stopAfterEpochs, "1 or more");
        }
    }
}
