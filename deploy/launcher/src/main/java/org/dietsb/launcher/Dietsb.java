package org.dietsb.launcher;

import org.dietsb.launcher.command.BenchCommand;
import org.dietsb.launcher.command.CancelCommand;
import org.dietsb.launcher.command.ExplainCommand;
import org.dietsb.launcher.command.PolicyCommand;
import org.dietsb.launcher.command.RecordsCommand;
import org.dietsb.launcher.command.ReportCommand;
import org.dietsb.launcher.command.ResumeCommand;
import org.dietsb.launcher.command.RunsCommand;
import org.dietsb.launcher.command.ScoreCommand;
import org.dietsb.launcher.command.ScoreRunCommand;
import org.dietsb.launcher.command.TrainCommand;
import org.dietsb.launcher.command.UpCommand;
import org.dietsb.launcher.command.WhatIfCommand;
import org.dietsb.launcher.option.Budget;
import org.dietsb.launcher.option.Losses;
import org.dietsb.launcher.option.ModelChoice;
import org.dietsb.launcher.option.PolicyText;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.text.Complaints;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point: {@code dietsb up | train | score | score-run | policy | runs | cancel | resume | records | what-if | explain | report | bench}. */
@Command(
        name = "dietsb",
        mixinStandardHelpOptions = true,
        version = "dietsb 0.1.0",
        description = "Train neural networks on less data.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:success", "1:failure", "2:invalid usage"},
        subcommands = {
            UpCommand.class,
            TrainCommand.class,
            ScoreCommand.class,
            ScoreRunCommand.class,
            PolicyCommand.class,
            RunsCommand.class,
            CancelCommand.class,
            ResumeCommand.class,
            RecordsCommand.class,
            WhatIfCommand.class,
            ExplainCommand.class,
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
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Budget.class, Budget::parse)
                .registerConverter(Losses.class, Losses::parse)
                .registerConverter(ModelChoice.class, ModelChoice::parse)
                .registerConverter(PolicyText.class, PolicyText::parse);
    }
}
