package org.dietsb.launcher.text;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/** Reports errors of a command as one line on standard error. */
public final class Complaints {
    private Complaints() {}

    /**
     * Configures a command and its subcommands: option ranges are checked, and errors are reported in one line.
     *
     * @param hint text appended to the report of an unexpected error
     */
    public static CommandLine inOneLine(CommandLine command, String hint) {
        HelpText.of(command);
        return command.setUsageHelpAutoWidth(true)
                .setExecutionStrategy(Complaints::checkAndRun)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    print(wrong.getCommandLine(), Refusal.words(wrong));
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failed, wanted, arguments) -> failed(failed, wanted, hint));
    }

    private static int checkAndRun(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        CommandLine last = commands.get(commands.size() - 1);
        if (!last.isUsageHelpRequested()) {
            try {
                Ranges.check(last.getCommandSpec());
            } catch (WrongUsage wrong) {
                throw new ExecutionException(last, String.valueOf(wrong.getMessage()), wrong);
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int failed(Exception failed, CommandLine command, String hint) {
        if (isExiting()) {
            return ExitCode.SOFTWARE;
        }
        boolean expected = failed instanceof WrongUsage || failed instanceof UserError;
        print(
                command,
                expected
                        ? String.valueOf(failed.getMessage())
                        : "unexpected error: " + failed + " at " + failed.getStackTrace()[0] + hint);
        return failed instanceof WrongUsage ? ExitCode.USAGE : ExitCode.SOFTWARE;
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
