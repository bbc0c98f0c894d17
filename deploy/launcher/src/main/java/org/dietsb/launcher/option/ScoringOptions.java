package org.dietsb.launcher.option;

import org.dietsb.launcher.usage.WrongUsage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The ensemble that EL2N scores are the mean of. */
public final class ScoringOptions {
    private static final int USUAL_EPOCHS = 2;

    @Option(names = "--score-members", description = "models of the scoring ensemble, 1 to 100; default 2")
    @Nullable
    public Integer members;

    @Option(
            names = "--score-epochs",
            description = "epochs each of them trains, of the schedule's; default 2, or all if there are fewer")
    @Nullable
    public Integer epochs;

    public boolean isGiven() {
        return members != null || epochs != null;
    }

    /** Refuses what is out of range. */
    public void check(TrainingOptions training) {
        int many = members();
        int each = epochs(training);
        WrongUsage.unless(many >= 1 && many <= 100, "--score-members", many, "[1, 100]");
        WrongUsage.unless(
                each >= 1 && each <= training.epochs,
                "--score-epochs",
                each,
                "[1, " + training.epochs + "], the schedule's epochs");
    }

    private int members() {
        return members == null ? 2 : members;
    }

    private int epochs(TrainingOptions training) {
        return epochs == null ? Math.min(USUAL_EPOCHS, training.epochs) : epochs;
    }

    /** The body of a scoring. */
    public ObjectNode toJson(TrainingOptions training) {
        return training.toJson().put("members", members()).put("scoringEpochs", epochs(training));
    }
}
