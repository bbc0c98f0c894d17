package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.launcher.text.Format;
import org.jspecify.annotations.Nullable;

/**
 * An ensemble whose mean error norms are EL2N scores.
 *
 * @param setting model and schedule of the members
 * @param seed from which the seeds of the members derive
 * @param epochs of the schedule that each member trains
 */
public record Scoring(
        Setting setting,
        Recipe recipe,
        int members,
        int epochs,
        long seed,
        @Nullable String dataDir) {

    public ObjectNode request() {
        return recipe.request(setting, seed, dataDir).put("members", members).put("scoringEpochs", epochs);
    }

    public String key() {
        return setting.dataset() + "-" + setting.model() + "-scores-" + Content.of(request());
    }

    public String title() {
        return "EL2N of " + setting.model() + " (" + members + " x " + Format.count(epochs, "epoch") + "), seed "
                + seed;
    }
}
