package org.dietsb.launcher;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/** Entry point: {@code dietsb up | train | score | policy | runs}. */
@Command(
        name = "dietsb",
        mixinStandardHelpOptions = true,
        version = "dietsb 0.1.0",
        description = "Train on less data without losing accuracy.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        subcommands = {UpCommand.class, TrainCommand.class, ScoreCommand.class, PolicyCommand.class, RunsCommand.class})
final class Dietsb {
    private Dietsb() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Dietsb())
                .setUsageHelpAutoWidth(true)
                .registerConverter(Fraction.class, Fraction::parse)
                .registerConverter(Budget.class, Budget::parse)
                .registerConverter(Kind.class, word(Kind.class))
                .registerConverter(PolicyOptions.Rule.class, word(PolicyOptions.Rule.class))
                .registerConverter(PolicyOptions.Batching.class, word(PolicyOptions.Batching.class))
                .registerConverter(Losses.class, Losses::parse)
                .registerConverter(PolicyOptions.Order.class, word(PolicyOptions.Order.class))
                .registerConverter(
                        TrainingOptions.Dataset.class, new Word<>(TrainingOptions.Dataset.class, List.of("svhn")))
                .registerConverter(
                        TrainingOptions.Model.class,
                        new Word<>(TrainingOptions.Model.class, List.of("wrn-16-4", "wrn-28-10", "googlenet")))
                .registerConverter(TrainingOptions.Schedule.class, word(TrainingOptions.Schedule.class))
                .registerConverter(TrainingOptions.Augment.class, word(TrainingOptions.Augment.class))
                .registerConverter(RunOptions.OnTimeout.class, word(RunOptions.OnTimeout.class))
                .setParameterExceptionHandler((wrong, arguments) -> {
                    say(wrong.getCommandLine(), Refusal.words(wrong));
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler(Dietsb::failed);
    }

    private static <E extends Enum<E>> Word<E> word(Class<E> type) {
        return new Word<>(type, List.of());
    }

    private static int failed(Exception failed, CommandLine command, ParseResult arguments) {
        if (isExiting()) {
            return ExitCode.SOFTWARE;
        }
        if (failed instanceof WrongUsage) {
            say(command, String.valueOf(failed.getMessage()));
            return ExitCode.USAGE;
        }
        say(
                command,
                failed instanceof UserError
                        ? String.valueOf(failed.getMessage())
                        : "this should not happen: " + failed + " at " + failed.getStackTrace()[0] + "; logs are in "
                                + Home.ofUser().logs());
        return ExitCode.SOFTWARE;
    }

    private static void say(CommandLine command, String message) {
        command.getErr().println("dietsb: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        command.getErr().flush();
    }

    /** Whether Ctrl-C or SIGTERM ends this process: then whatever fails here fails because of it. */
    private static boolean isExiting() {
        Thread probe = new Thread(() -> {}, "probe");
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            return !Runtime.getRuntime().removeShutdownHook(probe);
        } catch (IllegalStateException exiting) {
            return true;
        }
    }
}
