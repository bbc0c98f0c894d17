package org.dietsb.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** EL2N scores only. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = "Compute EL2N scores; starts what is not up, and stops what it started.")
final class ScoreCommand implements Callable<Integer> {
    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        try (LocalSystem system = LocalSystem.upOrStarted(ports)) {
            ScoreFollower.Scores scores = new ScoreFollower(system).compute(training);
            System.out.printf(
                    "Score set %s: %d examples, mean EL2N %.4f, %.1f s%n",
                    scores.id(), scores.scores().length, scores.mean(), scores.seconds());
            return 0;
        }
    }
}
