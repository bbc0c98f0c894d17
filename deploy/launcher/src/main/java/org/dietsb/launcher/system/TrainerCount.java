package org.dietsb.launcher.system;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.InRange;
import picocli.CommandLine.Option;

/** The number of trainers on this machine. */
public final class TrainerCount {
    @InRange("[1, 64]")
    @Option(
            names = "--trainers",
            paramLabel = "N",
            description = "number of trainers to start; they share the processor's cores, and each takes one run at a "
                    + "time (default ${DEFAULT-VALUE})")
    public int trainers = 1;

    /** Raises the number of trainers to a minimum: a run and its proxy are trained at the same time. */
    public void atLeast(int count) {
        trainers = Math.max(trainers, count);
    }

    /** Returns the Java options of each trainer. A single trainer has the machine to itself; several share cores and memory. */
    List<String> settings() {
        if (trainers == 1) {
            return List.of("-Xms64m", "-Xmx2g");
        }
        List<String> settings = new ArrayList<>(List.of("-Xms64m", "-Xmx1g"));
        if (System.getenv("DIETSB_TRAINER_THREADS") == null) {
            int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / trainers);
            settings.add("-Ddietsb.trainer.threads=" + threads);
        }
        return settings;
    }
}
