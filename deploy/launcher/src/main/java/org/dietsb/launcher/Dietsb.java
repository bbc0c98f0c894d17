package org.dietsb.launcher;

import org.dietsb.launcher.command.BenchCommand;
import org.dietsb.launcher.command.CancelCommand;
import org.dietsb.launcher.command.DoctorCommand;
import org.dietsb.launcher.command.ExplainCommand;
import org.dietsb.launcher.command.FollowCommand;
import org.dietsb.launcher.command.PolicyCommand;
import org.dietsb.launcher.command.RecordsCommand;
import org.dietsb.launcher.command.ReportCommand;
import org.dietsb.launcher.command.ResumeCommand;
import org.dietsb.launcher.command.RunsCommand;
import org.dietsb.launcher.command.ScoreCommand;
import org.dietsb.launcher.command.ScoreRunCommand;
import org.dietsb.launcher.command.ScoreSetsCommand;
import org.dietsb.launcher.command.TrainCommand;
import org.dietsb.launcher.command.UpCommand;
import org.dietsb.launcher.command.WhatIfCommand;
import org.dietsb.launcher.option.Budget;
import org.dietsb.launcher.option.Losses;
import org.dietsb.launcher.option.ModelChoice;
import org.dietsb.launcher.option.PolicyText;
import org.dietsb.launcher.system.Cluster;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Complaints;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Entry point: {@code dietsb up | train | follow | score | score-run | score-sets | policy | runs | cancel | resume | records | what-if | explain | report | bench | doctor | completion | help}. */
@Command(
        name = "dietsb",
        mixinStandardHelpOptions = true,
        version = "dietsb 0.1.0",
        description = "Train neural networks on less data.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:success",
            "1:failure, or for doctor something that must be mended",
            "2:invalid usage",
            "130:ended by Ctrl-C",
            "143:ended by SIGTERM"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dietsb train                         the baseline beside diet-selective, on Fashion-MNIST",
            "  dietsb train --help                  every option of a command",
            "  dietsb up                            start the system, for the control room and other commands",
            "  source <(dietsb completion)          completion of commands and options in Bash and Zsh"
        },
        subcommands = {
            UpCommand.class,
            TrainCommand.class,
            FollowCommand.class,
            ScoreCommand.class,
            ScoreRunCommand.class,
            ScoreSetsCommand.class,
            PolicyCommand.class,
            RunsCommand.class,
            CancelCommand.class,
            ResumeCommand.class,
            RecordsCommand.class,
            WhatIfCommand.class,
            ExplainCommand.class,
            ReportCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
final class Dietsb implements Checked {
    @Mixin
    private Cluster cluster = new Cluster();

    @Spec
    private @Nullable CommandSpec spec;

    private Dietsb() {}

    /** Notes a cluster before a command that does not use one. */
    @Override
    public void check(Mistakes mistakes) {
        ParseResult parsed =
                spec == null ? null : spec.commandLine().getParseResult().subcommand();
        mistakes.unless(
                parsed == null || !cluster.isNamed() || Target.isIn(parsed.commandSpec()),
                "--context, --namespace and --release do not apply to "
                        + (parsed == null ? "" : parsed.commandSpec().name()) + ", which works on this machine");
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return Complaints.inLines(
                        new CommandLine(new Dietsb())
                                .addSubcommand("completion", new AutoComplete.GenerateCompletion()),
                        "; logs are in " + Home.ofUser().logs())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Budget.class, Budget::parse)
                .registerConverter(Losses.class, Losses::parse)
                .registerConverter(ModelChoice.class, ModelChoice::parse)
                .registerConverter(PolicyText.class, PolicyText::parse);
    }
}
