package org.dietsb.bench;

import org.dietsb.launcher.text.Complaints;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point: {@code dietsb bench mask-path | policy-cost | selector-load | policies}. Ends with the command that started it. */
@Command(
        name = "dietsb bench",
        mixinStandardHelpOptions = true,
        description =
                "Measure, on a broker and services of the benchmark's own: no system that is up is disturbed. Ratios"
                        + " are medians of interleaved rounds.",
        synopsisSubcommandLabel = "BENCHMARK",
        commandListHeading = "Benchmarks:%n",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done, whether limits are kept or not", "1:failed", "2:wrong usage"},
        subcommands = {MaskPath.class, PolicyCost.class, SelectorLoad.class, Policies.class, ProxyTrainer.class})
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
        return Complaints.inOneLine(new CommandLine(new Bench()), "");
    }
}
