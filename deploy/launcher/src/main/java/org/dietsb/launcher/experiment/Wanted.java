package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A run of an experiment.
 *
 * @param scoring that its diet goes by; null = none
 * @param replayed whose masks it goes by; null = none
 */
public record Wanted(
        Cell cell,
        long seed,
        Recipe recipe,
        @Nullable Scoring scoring,
        @Nullable Wanted replayed,
        @Nullable String dataDir) {

    /**
     * The order, without an id.
     *
     * @param scoreSet id of the scoring's score set; null where none is needed
     * @param record of the run that is replayed; null where none is
     */
    public ObjectNode order(@Nullable String scoreSet, @Nullable String record) {
        Setting setting = cell.setting();
        ObjectNode order = JsonNodeFactory.instance
                .objectNode()
                .put("dataset", setting.dataset())
                .put("limit", setting.limit())
                .put("model", setting.model())
                .put("epochs", setting.epochs())
                .put("seed", seed)
                .put("budget", cell.passes() == null ? "epochs" : "passes=" + cell.passes())
                // At the end alone, however long the budget makes it.
                .put("evaluateEvery", 1_000_000);
        recipe.addTo(order);
        if (dataDir != null) {
            order.put("dataDir", dataDir);
        }
        ObjectNode policy = cell.policy(scoreSet);
        if (record != null) {
            policy.put("of", record);
        }
        order.set("policy", policy);
        return order;
    }

    /** Name by content: that of the order, with the content of scoring and replayed run in place of ids. */
    public String key() {
        String content =
                Content.of(order(scoring == null ? null : scoring.key(), replayed == null ? null : replayed.key()));
        return cell.setting().dataset() + "-" + cell.setting().model() + "-" + cell.method() + "-" + content;
    }

    /** In words. */
    public String title() {
        return cell.title() + ", " + cell.setting().model() + ", seed " + seed;
    }
}
