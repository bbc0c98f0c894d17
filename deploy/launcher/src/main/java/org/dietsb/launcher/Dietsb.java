package org.dietsb.launcher;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Kind;
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
                .registerConverter(Policy.Rule.class, word(Policy.Rule.class))
                .registerConverter(Policy.Batching.class, word(Policy.Batching.class))
                .registerConverter(Losses.class, Losses::parse)
                .registerConverter(Policy.DietOrder.class, word(Policy.DietOrder.class))
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
