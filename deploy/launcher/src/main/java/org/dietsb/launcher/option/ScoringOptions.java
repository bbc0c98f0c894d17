package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.contracts.field.ScoringField;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The ensemble whose mean error norms are the EL2N scores. */
@Heading("Scores of a diet")
public final class ScoringOptions {
    @InRange("[1, 100]")
    @Option(
            names = "--score-members",
            paramLabel = "N",
            description = "number of models in the scoring ensemble, 1 to 100; default 2")
    @Nullable
    Integer members;

    @Option(
            names = "--score-epochs",
            paramLabel = "N",
            description = "epochs of the schedule that each of them trains; default 2, or all if there are fewer")
    @Nullable
    Integer epochs;

    public boolean isGiven() {
        return members != null || epochs != null;
    }

    /** Notes more epochs than the schedule has. */
    public void check(TrainingOptions training, Mistakes mistakes) {
        int each = epochs(training);
        mistakes.unless(
                mistakes.has("--epochs") || each >= 1 && each <= training.epochs,
                "--score-epochs",
                each,
                "[1, " + training.epochs + "], the epochs of the schedule");
    }

    private int epochs(TrainingOptions training) {
        return epochs == null ? Math.min(ScoringField.SCORING_EPOCHS.usualWhole(), training.epochs) : epochs;
    }

    public ObjectNode toJson(TrainingOptions training) {
        return training.toJson()
                .put("members", members == null ? ScoringField.MEMBERS.usualWhole() : members)
                .put("scoringEpochs", epochs(training));
    }
}
