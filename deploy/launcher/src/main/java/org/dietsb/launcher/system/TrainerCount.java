package org.dietsb.launcher.system;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Mistakes;
import picocli.CommandLine.Option;

/** The number of trainers on this machine. */
@Heading("System")
public final class TrainerCount {
    /**
     * A small heap at the start, and the optimizing compiler at ten times its default thresholds: the loops over pixels reach
     * these in the first batches, and the many methods of a start, whose compilation costs seconds of both cores, do not.
     */
    private static final List<String> QUICK_START = List.of(
            "-Xms64m",
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=6000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=400000");

    @InRange("[1, 64]")
    @Option(
            names = "--trainers",
            paramLabel = "N",
            description = "number of trainers to start; they share the processor's cores, and each takes one run at a "
                    + "time; default ${DEFAULT-VALUE}")
    public int trainers = 1;

    /** Raises the number of trainers to a minimum: a run and its proxy are trained at the same time. */
    public void atLeast(int count) {
        trainers = Math.max(trainers, count);
    }

    /** Notes a number of trainers to start in a cluster, where none is started. */
    public void check(Target target, Mistakes mistakes) {
        mistakes.unless(
                trainers == 1 || !target.isCluster(),
                "--trainers does not apply to a cluster: helm upgrade with trainer.replicas starts more");
    }

    /** Returns the Java options of each trainer. A single trainer has the machine to itself; several share cores and memory. */
    List<String> settings() {
        List<String> settings = new ArrayList<>(QUICK_START);
        settings.add(trainers == 1 ? "-Xmx2g" : "-Xmx1g");
        if (trainers > 1 && System.getenv("DIETSB_TRAINER_THREADS") == null) {
            int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / trainers);
            settings.add("-Ddietsb.trainer.threads=" + threads);
        }
        return settings;
    }
}
