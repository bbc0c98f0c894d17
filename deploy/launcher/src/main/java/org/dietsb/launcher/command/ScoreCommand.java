package org.dietsb.launcher.command;

import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.option.ScoringOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.summary.Scores;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.usage.OutputFile;
import org.dietsb.launcher.usage.WrongUsage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** EL2N scores only. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compute EL2N scores; starts what is not up, and stops what it started.")
public final class ScoreCommand implements Callable<Integer> {
    private static final int SHOWN = 5;

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Mixin
    private ScoringOptions scoring = new ScoringOptions();

    @Option(names = "--csv", paramLabel = "FILE", description = "write index,label,el2n of every training example")
    private @Nullable Path csv;

    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        training.check();
        if (training.variants().size() > 1) {
            throw new WrongUsage("--seed, --learning-rate and --model are one each in a scoring");
        }
        scoring.check(training);
        OutputFile.check("--csv", csv);
        ports.check();
        trainers.check();
        try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
            Scores scores = new ScoreFollower(system).compute(scoring.toJson(training));
            String set = "/score-sets/" + scores.id();
            System.out.printf(
                    "Score set %s: %d examples, mean EL2N %.4f, %.1f s%n",
                    scores.id(), scores.el2n().length, scores.mean(), scores.seconds());
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

    private static String examples(JsonNode scored) {
        List<String> examples = new ArrayList<>();
        for (JsonNode one : scored) {
            examples.add(String.format(
                    Locale.ROOT,
                    "%d (class %d) %.4f",
                    one.path("index").asInt(),
                    one.path("label").asInt(),
                    one.path("score").asDouble()));
        }
        return String.join(", ", examples);
    }
}
