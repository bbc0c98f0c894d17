package org.dietsb.trainer.train;

import java.time.Duration;
import java.util.regex.Pattern;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What to train.
 *
 * @param window batches that may be in their selection pass while one mask travels, [1, 64]; 1 = exact
 *     Selective-Backprop, larger windows judge by losses up to window - 1 steps old
 * @param firstPolicy the policy of revision 0
 * @param evaluateEvery evaluate on the test set every so many epochs and at the end; 0 = never
 * @param checkpointEvery batches of an epoch between barriers with a checkpoint; 0 = at its end alone
 * @param member set where the run is a member of a scoring ensemble
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
        @Nullable ScoringMember member) {

    private static final Pattern SAFE_ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");

    public TrainingOrder {
        checkRunId(runId);
        require(model.length() <= 80, "model", model.length() + " characters", "80 or fewer");
        require(window >= 1 && window <= 64, "window", window, "[1, 64]");
        require(!maskTimeout.isNegative() && !maskTimeout.isZero(), "maskTimeoutSeconds", maskTimeout, "above 0");
        require(checkpointEvery >= 0, "checkpointEvery", checkpointEvery, "0 (at an epoch's end alone) or more");
        require(evaluateEvery >= 0, "evaluateEvery", evaluateEvery, "0 (never) or more");
        String unfit = firstPolicy.unfitFor(recipe.batchSize());
        if (!unfit.isEmpty()) {
            throw new IllegalArgumentException(unfit);
        }
        require(
                firstPolicy.kind() != Policy.Kind.REPLAY || recipe.budget() instanceof Budget.Epochs,
                "budget",
                recipe.budget(),
                "epochs for replay: which of the recorded epochs is replayed goes by their number");
        checkOwnEpochs(runId, recipe, firstPolicy.ownEpochs(), member != null);
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
        require(
                SAFE_ID.matcher(ownScores(runId)).matches(),
                "id",
                runId,
                "76 characters or fewer for scoreSet " + given);
    }

    /** The score set that such a run publishes. */
    public static String ownScores(String runId) {
        return runId + ".own";
    }

    /** Refuses what is no run id: it names a folder and a key of topics. */
    public static void checkRunId(String runId) {
        require(SAFE_ID.matcher(runId).matches(), "id", runId, SAFE_ID.pattern());
    }

    /**
     * Which images.
     *
     * @param dataDir folder on the trainer's machine; null = the usual places
     * @param limit first so many training examples; 0 = all
     */
    public record DatasetChoice(String name, @Nullable String dataDir, int limit) {
        public DatasetChoice {
            require(name.length() <= 80, "dataset", name.length() + " characters", "80 or fewer");
            require(
                    dataDir == null || dataDir.length() <= 4_096,
                    "dataDir",
                    dataDir == null ? 0 : dataDir.length() + " characters",
                    "4096 or fewer");
            require(limit >= 0, "limit", limit, "0 (all) or more");
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
            require(SAFE_ID.matcher(scoringId).matches(), "scoringId", scoringId, SAFE_ID.pattern());
            require(member >= 0, "member", member, "0 or more");
            require(stopAfterEpochs >= 1, "stopAfterEpochs", stopAfterEpochs, "1 or more");
        }
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }
}
