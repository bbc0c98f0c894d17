package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.WrongUsage;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How many trainers there are to be on this machine, side by side. */
public final class TrainerCount {
    private static final int MOST = 64;

    @Option(
            names = "--trainers",
            paramLabel = "N",
            defaultValue = "1",
            description = "trainers to start, which share the processor's cores; each takes one run at a time "
                    + "(default ${DEFAULT-VALUE})")
    public int trainers = 1;

    public void check() {
        WrongUsage.unless(trainers >= 1 && trainers <= MOST, "--trainers", trainers, "[1, " + MOST + "]");
    }

    /** So many or more: a run and its proxy are trained at the same time. */
    public void atLeast(int count) {
        trainers = Math.max(trainers, count);
    }

    /** What java is started with for each of them: one has the machine for itself, several divide cores and memory. */
    public List<String> settings() {
        if (trainers == 1) {
            return List.of("-Xmx2g");
        }
        List<String> settings = new ArrayList<>(List.of("-Xmx1g"));
        if (System.getenv("DIETSB_TRAINER_THREADS") == null) {
            int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / trainers);
            settings.add("-Ddietsb.trainer.threads=" + threads);
        }
        return settings;
    }
}
