package org.dietsb.launcher.command;

import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.result.ExperimentRunner;
import org.dietsb.launcher.result.ReportFolder;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.usage.UserError;
import org.dietsb.launcher.usage.WrongUsage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.ExperimentException;
import org.dietsb.launcher.experiment.ExperimentFile;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.report.CsvReport;
import org.dietsb.launcher.report.Evidence;
import org.dietsb.launcher.report.ExamplePanels;
import org.dietsb.launcher.report.HtmlReport;
import org.dietsb.launcher.report.Panel;
import org.dietsb.launcher.report.Report;
import org.dietsb.launcher.result.Result;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs what an experiment lacks and writes its report. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Run what an experiment lacks, then write its report: report.html, runs.csv, figures.csv. "
                + "Starts what is not up, and stops what it started. Interrupted, it goes on with what is missing.")
public final class ReportCommand implements Callable<Integer> {
    @Option(
            names = "--experiment",
            required = true,
            paramLabel = "FILE",
            description = "methods, settings and seeds, as in deploy/experiments")
    private Path file = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "folder for results and report; what is there is not run again")
    private Path out = Path.of("");

    @Option(names = "--data-dir", description = "folder of the dataset; default: the usual places, then a download")
    private @Nullable Path dataDir;

    @Option(names = "--plan", description = "tell what there is and what is missing, and do nothing")
    private boolean plan;

    @Option(names = "--as-is", description = "run nothing: report on the results that are there")
    private boolean asIs;

    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        if (plan && asIs) {
            throw new WrongUsage("--plan and --as-is are both said, one of them is allowed");
        }
        ports.check();
        trainers.check();
        String source = source();
        Experiment experiment = experiment(source);
        ReportFolder folder = new ReportFolder(out);
        if (plan) {
            System.out.print(plan(experiment, folder));
            return 0;
        }
        folder.made();
        if (experiment.hasProxies()) {
            trainers.atLeast(2);
        }
        if (!asIs && !ExperimentRunner.isComplete(experiment, folder)) {
            System.out.print(plan(experiment, folder));
            try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
                ExperimentRunner runner = new ExperimentRunner(experiment, folder, system, trainers.trainers);
                runner.run();
                ExamplePanels examples = new ExamplePanels(evidence(experiment, folder));
                runner.fetchImages(
                        experiment.setting().dataset(),
                        experiment.setting().limit(),
                        examples.fingerprint(),
                        examples.shown());
            }
        }
        write(experiment, folder, source);
        return 0;
    }

    private String source() {
        WrongUsage.unless(Files.isRegularFile(file), "--experiment", file, "a file that is there");
        WrongUsage.unless(
                dataDir == null || Files.isDirectory(dataDir),
                "--data-dir",
                String.valueOf(dataDir),
                "a folder that is there");
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UserError("cannot read " + file + ": " + unreadable.getMessage());
        }
    }

    private Experiment experiment(String source) {
        try {
            return new ExperimentFile(
                            words(TrainingOptions.Dataset.values()).stream()
                                    .filter(name -> !name.equals("folder") || dataDir != null)
                                    .toList(),
                            words(TrainingOptions.Model.values()))
                    .read(
                            String.valueOf(file.getFileName()),
                            source,
                            dataDir == null
                                    ? null
                                    : dataDir.toAbsolutePath().normalize().toString());
        } catch (ExperimentException wrong) {
            throw new WrongUsage(String.valueOf(wrong.getMessage()));
        }
    }

    private static List<String> words(Object[] constants) {
        return Arrays.stream(constants).map(Object::toString).toList();
    }

    private static String plan(Experiment experiment, ReportFolder folder) {
        List<Wanted> runs = ExperimentRunner.wanted(experiment, folder);
        List<Wanted> missing = runs.stream().filter(run -> !folder.has(run)).toList();
        long scorings =
                experiment.scorings().stream().filter(one -> !folder.has(one)).count();
        double passes = missing.stream().mapToDouble(ExperimentRunner::passes).sum()
                + scorings * experiment.scoringMembers() * (experiment.scoringEpochs() + 1 / 3.0);
        long controls = runs.stream().map(Wanted::cell).filter(Cell::isControl).count();
        return String.format(
                Locale.ROOT,
                "%s: %d runs, %d of them baselines at equal cost, and %d scorings; missing are %d runs and %d scorings,"
                        + " %.1f passes over the training set%n",
                experiment.title(),
                runs.size(),
                controls,
                experiment.scorings().size(),
                missing.size(),
                scorings,
                passes);
    }

    private static Evidence evidence(Experiment experiment, ReportFolder folder) {
        List<Result> results = ExperimentRunner.wanted(experiment, folder).stream()
                .map(folder::read)
                .flatMap(Optional::stream)
                .toList();
        try {
            return new Evidence(
                    experiment,
                    results,
                    experiment.scorings().stream()
                            .map(folder::read)
                            .flatMap(Optional::stream)
                            .toList());
        } catch (IllegalArgumentException mixed) {
            throw new UserError(String.valueOf(mixed.getMessage()));
        }
    }

    private static void write(Experiment experiment, ReportFolder folder, String source) {
        Evidence evidence = evidence(experiment, folder);
        if (evidence.all().isEmpty()) {
            throw new UserError(folder.folder() + " has no results of this experiment yet");
        }
        List<Panel> panels = Report.panels(evidence);
        String fingerprint = new ExamplePanels(evidence).fingerprint();
        folder.write("report.html", HtmlReport.of(evidence, panels, source, index -> folder.image(fingerprint, index)));
        folder.write("runs.csv", CsvReport.runs(evidence));
        folder.write("figures.csv", CsvReport.figures(panels));
        Report.verdicts(evidence).forEach(System.out::println);
        System.out.println("Wrote " + folder.folder().resolve("report.html"));
    }
}
