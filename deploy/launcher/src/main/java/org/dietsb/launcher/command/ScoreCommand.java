package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.option.ScoringOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes EL2N scores without training a run. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compute EL2N scores; starts services that are not running, and stops them afterwards.")
public final class ScoreCommand implements Callable<Integer>, Checked {
    private static final int SHOWN = 5;

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Mixin
    private ScoringOptions scoring = new ScoringOptions();

    @Option(names = "--csv", paramLabel = "FILE", description = "write index,label,el2n of every training example")
    private @Nullable Path csv;

    @Mixin
    private Target target = new Target();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        try (LocalSystem system = LocalSystem.upOrStarted(target, trainers)) {
            Scores scores = new ScoreFollower(system).compute(scoring.toJson(training));
            String set = "/score-sets/" + scores.id();
            System.out.println(Format.text(
                    "Score set %s: %d examples, mean EL2N %.4f, %.1f s",
                    scores.id(), scores.el2n().length, scores.mean(), scores.seconds()));
            int shown = Math.min(SHOWN, scores.el2n().length);
            System.out.println("Lowest:  " + examples(system.scorer.get(set + "/lowest?count=" + shown)));
            System.out.println("Highest: " + examples(system.scorer.get(set + "/highest?count=" + shown)));
            if (csv != null) {
                OutputFile.write(csv, system.scorer.bytes(set + "?format=csv"));
                System.out.println("Wrote " + csv);
            }
        }
        return 0;
    }

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                training.variants().size() == 1, "a scoring takes a single --seed, --learning-rate and --model");
        scoring.check(training, mistakes);
        trainers.check(target, mistakes);
        mistakes.run(() -> OutputFile.check("--csv", csv));
    }

    private static String examples(JsonNode scored) {
        return scored.valueStream()
                .map(one -> Format.text(
                        "%d (class %d) %.4f",
                        one.path("index").asInt(),
                        one.path("label").asInt(),
                        one.path("score").asDouble()))
                .collect(Collectors.joining(", "));
    }
}
