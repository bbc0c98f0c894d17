package org.dietsb.launcher;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** Entry point: {@code dietsb up | train | score | policy | runs}. */
@Command(
        name = "dietsb",
        mixinStandardHelpOptions = true,
        version = "dietsb 0.1.0",
        description = "Train on less data without losing accuracy.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {UpCommand.class, TrainCommand.class, ScoreCommand.class, PolicyCommand.class, RunsCommand.class})
final class Dietsb {
    private Dietsb() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Dietsb())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Fraction.class, Fraction::parse);
        commandLine.setExecutionExceptionHandler((failed, command, parsed) -> {
            command.getErr()
                    .println("dietsb: " + (failed instanceof UserError ? failed.getMessage() : failed.toString()));
            command.getErr().flush();
            return 1;
        });
        commandLine.setParameterExceptionHandler((ParameterException wrong, String[] given) -> {
            wrong.getCommandLine().getErr().println("dietsb: " + wrong.getMessage());
            wrong.getCommandLine().getErr().flush();
            return 2;
        });
        return commandLine;
    }
}
