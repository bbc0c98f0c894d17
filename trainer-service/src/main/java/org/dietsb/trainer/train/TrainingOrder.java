package org.dietsb.trainer.train;

import static org.dietsb.contracts.Bounds.require;

import java.time.Duration;
import java.util.regex.Pattern;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.loss.OnTimeout;
import org.jspecify.annotations.Nullable;

/**
 * What to train.
 *
 * @param window batches that may be in their selection pass while one mask travels, [1, 64]; 1 = exact
 *     Selective-Backprop, larger windows judge by losses up to window - 1 steps old
 * @param firstPolicy the policy of revision 0
 * @param evaluateEvery evaluate on the test set every so many epochs and at the end; 0 = never
 * @param checkpointEvery batches of an epoch between barriers with a checkpoint; 0 = at its end alone
 * @param stopAtAccuracy share of the test set, (0, 1], at which the run ends with an evaluation; null = at its schedule's end
 * @param init parameters to begin with; null = fresh ones
 * @param modelFile the network, where it is none of the catalogue's; {@code model} is then {@link #nameOf}
 * @param member set where the run is a member of a scoring ensemble
 * @param proxyOf the run that gets this one's masks, if this is a proxy; null if it is none
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
        @Nullable String proxyOf) {

    public TrainingOrder {
        RunId.check("id", runId);
        require(model.length() <= 80, "model", model.length() + " characters", "80 or fewer");
        require(window >= 1 && window <= 64, "window", window, "[1, 64]");
        require(!maskTimeout.isNegative() && !maskTimeout.isZero(), "maskTimeoutSeconds", maskTimeout, "above 0");
        require(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "0 (at an epoch's end alone) or more");
        require(evaluateEvery >= 0, "evaluateEvery", evaluateEvery, "0 (never) or more");
        require(
                stopAtAccuracy == null || (stopAtAccuracy > 0 && stopAtAccuracy <= 1),
                "stopAtAccuracy",
                String.valueOf(stopAtAccuracy),
                "(0, 1]");
        require(
                stopAtAccuracy == null || evaluateEvery > 0,
                "evaluateEvery",
                evaluateEvery,
                "1 or more with stopAtAccuracy: it stops at an evaluation");
        require(
                modelFile == null || model.equals(nameOf(modelFile)),
                "model",
                model,
                modelFile == null ? "" : nameOf(modelFile) + ", after the checksum of modelFile");
        String unfit = firstPolicy.unfitFor(recipe.batchSize());
        if (!unfit.isEmpty()) {
            throw new IllegalArgumentException(unfit);
        }
        require(
                firstPolicy.kind() != Policy.Kind.REPLAY || recipe.budget() instanceof Budget.Epochs,
                "budget",
                recipe.budget(),
                "epochs for replay: which of the recorded epochs is replayed goes by their number");
        if (proxyOf != null) {
            RunId.check("id", proxyOf);
        }
        if (firstPolicy.proxy() != null) {
            require(
                    recipe.budget() instanceof Budget.Epochs,
                    "budget",
                    recipe.budget(),
                    "epochs with a proxy: a run and its proxy are of equal length");
            require(
                    RunId.isValid(runId + PROXY) && member == null && proxyOf == null,
                    "id",
                    runId,
                    "74 characters or fewer, and no proxy and no member of a scoring: its proxy is " + runId + PROXY);
        }
        checkOwnEpochs(runId, recipe, firstPolicy.ownEpochs(), member != null);
        require(
                firstPolicy.ownEpochs() == 0 || (firstPolicy.proxy() == null && proxyOf == null),
                "scoreSet",
                "own:" + firstPolicy.ownEpochs(),
                "a score set with a proxy: the run and its proxy have one diet");
    }

    /** Of no proxy. */
    public TrainingOrder(
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
            @Nullable ScoringMember member) {
        this(
                runId,
                dataset,
                model,
                seed,
                recipe,
                window,
                firstPolicy,
                maskTimeout,
                onTimeout,
                evaluateEvery,
                checkpointEvery,
                stopAtAccuracy,
                init,
                modelFile,
                member,
                null);
    }

    private static final String PROXY = "-proxy";

    /**
     * The other part of this order: a run of the small model on the same batches, whose masks this run gets. It waits for masks
     * however long, and is evaluated once, at its end. Null if this run's policy wants none.
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
                        runId);
    }

    /** The run that this one begins and ends with: its proxy, or whose proxy it is; null if it stands alone. */
    public @Nullable String partner() {
        return firstPolicy.proxy() != null ? runId + PROXY : proxyOf;
    }

    /** A network of one's own is called by what is in its file. */
    public static String nameOf(GivenFile modelFile) {
        return "pt-" + modelFile.checksum().substring(0, 12);
    }

    /**
     * A file on the trainer's machine.
     *
     * @param checksum SHA-256 in hex of what is in it
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
     * Score sets of runs whose diets go by their own first epochs are named after them.
     *
     * @throws IllegalArgumentException if it is not that long, or its name has no room for that
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
     * Which images.
     *
     * @param dataDir folder on the trainer's machine; null = the usual places
     * @param limit first so many training examples; 0 = all
     * @param imageSize side that the pictures of an image folder are scaled to, [8, 512]; 0 = the default, or no image folder
     */
    public record DatasetChoice(String name, @Nullable String dataDir, int limit, int imageSize) {
        public DatasetChoice {
            require(name.length() <= 80, "dataset", name.length() + " characters", "80 or fewer");
            require(
                    dataDir == null || dataDir.length() <= 4_096,
                    "dataDir",
                    dataDir == null ? 0 : dataDir.length() + " characters",
                    "4096 or fewer");
            require(limit >= 0, "limit", limit, "0 (all) or more");
            require(imageSize == 0 || (imageSize >= 8 && imageSize <= 512), "imageSize", imageSize, "[8, 512]");
        }
    }

    /**
     * How to train.
     *
     * @param epochs length of the schedule, unless the budget says otherwise
     * @param warmupEpochs epochs over which the learning rate rises from 0
     * @param crop pad by 4 and crop at random
     * @param flip horizontal flip
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
            require(epochs >= 1 && epochs <= 100_000, "epochs", epochs, "[1, 100000]");
            require(batchSize >= 1 && batchSize <= 65_536, "batchSize", batchSize, "[1, 65536]");
            require(learningRate > 0 && learningRate < 1e6, "learningRate", learningRate, "(0, 1000000)");
            require(warmupEpochs >= 0 && warmupEpochs < epochs, "warmupEpochs", warmupEpochs, "[0, epochs)");
            require(momentum >= 0 && momentum < 1, "momentum", momentum, "[0, 1)");
            require(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "[0, 1)");
        }
    }

    /** The run is this member (from 0) of a scoring; it stops early and reports error norms. */
    public record ScoringMember(String scoringId, int member, int stopAfterEpochs) {
        public ScoringMember {
            RunId.check("scoringId", scoringId);
            require(member >= 0, "member", member, "0 or more");
            require(stopAfterEpochs >= 1, "stopAfterEpochs", stopAfterEpochs, "1 or more");
        }
    }
}
