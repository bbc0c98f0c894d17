package org.dietsb.launcher.text;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Reports errors of a command on standard error, a line each. */
public final class Complaints {
    private Complaints() {}

    /**
     * Configures a command and its subcommands: option ranges are checked, and errors are reported, all mistakes of a command line at once, in a line each.
     *
     * @param hint text appended to the report of an unexpected error
     */
    public static CommandLine inLines(CommandLine command, String hint) {
        HelpText.of(command);
        collectingErrors(command);
        return command.setUsageHelpAutoWidth(true)
                .setExecutionStrategy(Complaints::checkAndRun)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    print(wrong.getCommandLine(), Refusal.words(wrong));
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failed, wanted, arguments) -> failed(failed, wanted, hint));
    }

    private static void collectingErrors(CommandLine command) {
        command.getCommandSpec().parser().collectErrors(true);
        command.getSubcommands().values().forEach(Complaints::collectingErrors);
    }

    private static int checkAndRun(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        CommandLine last = commands.get(commands.size() - 1);
        if (!last.isUsageHelpRequested() && !last.isVersionHelpRequested()) {
            try {
                check(commands, last.getCommandSpec());
            } catch (WrongUsage wrong) {
                throw new ExecutionException(last, String.valueOf(wrong.getMessage()), wrong);
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Rejects what could not be read, what is out of range, and what contradicts the rest. */
    private static void check(List<CommandLine> commands, CommandSpec last) {
        Mistakes mistakes = new Mistakes();
        Refusal.ofAll(commands.stream()
                        .flatMap(command -> command.getParseResult().errors().stream())
                        .toList())
                .forEach(mistakes::add);
        mistakes.then(then -> Ranges.check(last, then));
        Stream.concat(
                        commands.stream()
                                .map(CommandLine::getCommandSpec)
                                .filter(command -> command != last)
                                .flatMap(Complaints::checked),
                        checked(last))
                .forEach(mistakes::then);
        mistakes.orThrow();
    }

    /** Returns a command, and before it the groups of options that it shares with others. */
    private static Stream<Checked> checked(CommandSpec command) {
        return Stream.concat(
                command.mixins().values().stream().flatMap(Complaints::checked),
                command.userObject() instanceof Checked own ? Stream.of(own) : Stream.empty());
    }

    private static int failed(Exception failed, CommandLine command, String hint) {
        if (isExiting()) {
            return ExitCode.SOFTWARE;
        }
        if (failed instanceof WrongUsage wrong) {
            wrong.mistakes().forEach(mistake -> print(command, mistake));
            return ExitCode.USAGE;
        }
        print(
                command,
                failed instanceof UserError
                        ? String.valueOf(failed.getMessage())
                        : "unexpected error: " + failed + " at " + failed.getStackTrace()[0] + hint);
        return ExitCode.SOFTWARE;
    }

    private static void print(CommandLine command, String message) {
        command.getErr().println("dietsb: " + message.strip().replaceAll("\\s*\\R\\s*", " "));
        command.getErr().flush();
    }

    /** Whether Ctrl-C or SIGTERM ends this process, so that errors are consequences of the shutdown. */
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
