package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * An ensemble that EL2N scores are the mean of.
 *
 * @param setting whose model and schedule its members have
 * @param seed that the members' seeds come from
 * @param epochs that each trains, of the schedule's
 */
public record Scoring(
        Setting setting,
        Recipe recipe,
        int members,
        int epochs,
        long seed,
        @Nullable String dataDir) {

    /** The body that asks for it. */
    public ObjectNode request() {
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("dataset", setting.dataset())
                .put("limit", setting.limit())
                .put("model", setting.model())
                .put("epochs", setting.epochs())
                .put("seed", seed);
        recipe.addTo(request);
        if (dataDir != null) {
            request.put("dataDir", dataDir);
        }
        return request.put("members", members).put("scoringEpochs", epochs);
    }

    /** Name by content. */
    public String key() {
        return setting.dataset() + "-" + setting.model() + "-scores-" + Content.of(request());
    }

    /** In words. */
    public String title() {
        return "EL2N of " + setting.model() + " (" + members + " x " + epochs + (epochs == 1 ? " epoch" : " epochs")
                + "), seed " + seed;
    }
}
