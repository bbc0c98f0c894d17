package org.dietsb.bench;

import java.util.Objects;
import org.dietsb.bench.beside.Beside;
import org.dietsb.bench.cost.PolicyCost;
import org.dietsb.bench.decision.EpochDecision;
import org.dietsb.bench.history.History;
import org.dietsb.bench.judging.Policies;
import org.dietsb.bench.load.SelectorLoad;
import org.dietsb.bench.loader.Loader;
import org.dietsb.bench.path.MaskPath;
import org.dietsb.bench.start.Start;
import org.dietsb.launcher.text.Complaints;
import org.dietsb.testbed.Logs;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Entry point: {@code dietsb bench mask-path | policy-cost | selector-load | epoch-decision | history | policies | start | loader | beside}.
 * Ends with the command that started it.
 */
@Command(
        name = "dietsb bench",
        mixinStandardHelpOptions = true,
        description =
                "Run benchmarks on a broker and services of their own; a running system is not touched. Ratios are "
                        + "medians of interleaved rounds.",
        synopsisSubcommandLabel = "BENCHMARK",
        commandListHeading = "Benchmarks:%n",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:completed, whether or not the limits are kept", "1:failed", "2:invalid usage"},
        subcommands = {
            MaskPath.class,
            PolicyCost.class,
            SelectorLoad.class,
            EpochDecision.class,
            History.class,
            Policies.class,
            Start.class,
            Loader.class,
            Beside.class
        })
final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        Logs.warningsOnly();
        ProcessHandle.current().parent().ifPresent(command -> {
            var unused = command.onExit().thenRun(() -> System.exit(1));
        });
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine bench = new CommandLine(new Bench());
        // What follows is the command line of another benchmark.
        Objects.requireNonNull(bench.getSubcommands().get("beside")).setStopAtPositional(true);
        return Complaints.inLines(bench, "");
    }
}
