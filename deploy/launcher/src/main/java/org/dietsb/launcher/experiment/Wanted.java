package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A run of an experiment.
 *
 * @param scoring whose scores the diet uses; null = none
 * @param replayed whose recorded masks the run uses; null = none
 */
public record Wanted(
        Cell cell,
        long seed,
        Recipe recipe,
        @Nullable Scoring scoring,
        @Nullable Wanted replayed,
        @Nullable String dataDir) {

    /**
     * Returns the order, without an id.
     *
     * @param scoreSet id of the score set; null if none is needed
     * @param record record of the replayed run; null if none is replayed
     */
    public ObjectNode order(@Nullable String scoreSet, @Nullable String record) {
        ObjectNode policy = cell.policy(scoreSet);
        if (record != null) {
            policy.put("of", record);
        }
        ObjectNode order = recipe.request(cell.setting(), seed, dataDir)
                .put("budget", cell.passes() == null ? "epochs" : "passes=" + cell.passes())
                // Only at the end, however long the budget makes the run.
                .put("evaluateEvery", 1_000_000);
        if (cell.control() instanceof Control.EqualCost equal) {
            order.put("batchSize", equal.batchSize());
        }
        order.set("policy", policy);
        return order;
    }

    /** Returns a name by content: that of the order, with the content of scoring and replayed run in place of their ids. */
    public String key() {
        String content =
                Content.of(order(scoring == null ? null : scoring.key(), replayed == null ? null : replayed.key()));
        return cell.setting().dataset() + "-" + cell.setting().model() + "-" + cell.method() + "-" + content;
    }

    public String title() {
        return cell.title() + ", " + cell.setting().model() + ", seed " + seed;
    }
}
