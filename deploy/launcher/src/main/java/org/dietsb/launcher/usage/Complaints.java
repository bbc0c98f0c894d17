package org.dietsb.launcher.usage;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** What a command says when it is wrong or fails: one line on standard error. */
public final class Complaints {
    private Complaints() {}

    /**
     * Has this command, and those below it, complain so.
     *
     * @param hint said where the reason is not known
     */
    public static CommandLine inOneLine(CommandLine command, String hint) {
        return command.setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((wrong, arguments) -> {
                    say(wrong.getCommandLine(), Refusal.words(wrong));
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failed, wanted, arguments) -> failed(failed, wanted, hint));
    }

    private static int failed(Exception failed, CommandLine command, String hint) {
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
                        : "this should not happen: " + failed + " at " + failed.getStackTrace()[0] + hint);
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
