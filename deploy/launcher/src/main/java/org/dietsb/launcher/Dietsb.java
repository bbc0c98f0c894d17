package org.dietsb.launcher;

import org.dietsb.launcher.command.BenchCommand;
import org.dietsb.launcher.command.PolicyCommand;
import org.dietsb.launcher.command.RecordsCommand;
import org.dietsb.launcher.command.ReportCommand;
import org.dietsb.launcher.command.RunsCommand;
import org.dietsb.launcher.command.ScoreCommand;
import org.dietsb.launcher.command.TrainCommand;
import org.dietsb.launcher.command.UpCommand;
import org.dietsb.launcher.option.Budget;
import org.dietsb.launcher.option.Kind;
import org.dietsb.launcher.option.Losses;
import org.dietsb.launcher.option.ModelChoice;
import org.dietsb.launcher.option.PolicyOptions;
import org.dietsb.launcher.option.RunOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.text.Word;
import org.dietsb.launcher.usage.Complaints;
import org.dietsb.launcher.usage.Fraction;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point: {@code dietsb up | train | score | policy | runs | records | report | bench}. */
@Command(
        name = "dietsb",
        mixinStandardHelpOptions = true,
        version = "dietsb 0.1.0",
        description = "Train on less data without losing accuracy.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        subcommands = {
            UpCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            PolicyCommand.class,
            RunsCommand.class,
            RecordsCommand.class,
            ReportCommand.class,
            BenchCommand.class
        })
final class Dietsb {
    private Dietsb() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return Complaints.inOneLine(
                        new CommandLine(new Dietsb()),
                        "; logs are in " + Home.ofUser().logs())
                .registerConverter(Fraction.class, Fraction::parse)
                .registerConverter(Budget.class, Budget::parse)
                .registerConverter(Kind.class, word(Kind.class))
                .registerConverter(PolicyOptions.Rule.class, word(PolicyOptions.Rule.class))
                .registerConverter(PolicyOptions.Batching.class, word(PolicyOptions.Batching.class))
                .registerConverter(Losses.class, Losses::parse)
                .registerConverter(PolicyOptions.Order.class, word(PolicyOptions.Order.class))
                .registerConverter(TrainingOptions.Dataset.class, word(TrainingOptions.Dataset.class))
                .registerConverter(ModelChoice.class, ModelChoice::parse)
                .registerConverter(TrainingOptions.Schedule.class, word(TrainingOptions.Schedule.class))
                .registerConverter(TrainingOptions.Augment.class, word(TrainingOptions.Augment.class))
                .registerConverter(RunOptions.OnTimeout.class, word(RunOptions.OnTimeout.class));
    }

    private static <E extends Enum<E>> Word<E> word(Class<E> type) {
        return new Word<>(type);
    }
}
