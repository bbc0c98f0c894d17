package org.dietsb.launcher.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.ExperimentFile;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.option.Dataset;
import org.dietsb.launcher.option.Model;
import org.dietsb.launcher.report.CsvReport;
import org.dietsb.launcher.report.Evidence;
import org.dietsb.launcher.report.ExampleImages;
import org.dietsb.launcher.report.ExamplePanels;
import org.dietsb.launcher.report.ExperimentRunner;
import org.dietsb.launcher.report.HtmlReport;
import org.dietsb.launcher.report.Panel;
import org.dietsb.launcher.report.Provenance;
import org.dietsb.launcher.report.Report;
import org.dietsb.launcher.report.ReportFolder;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs whatever an experiment lacks and writes its report. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Run whatever an experiment lacks, then write its report: report.html, runs.csv, figures.csv. Starts"
                        + " services that are not running, and stops them afterwards. After an interruption it continues"
                        + " with what is missing.")
public final class ReportCommand implements Callable<Integer>, Checked {
    private static final long MOST_BYTES = 2L << 20;

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
            description = "folder for results and report; runs whose results exist are not repeated")
    private Path out = Path.of("");

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "folder of the dataset; default: the usual places, then a download")
    private @Nullable Path dataDir;

    @Option(names = "--plan", description = "show which results exist and which are missing, and do nothing")
    private boolean plan;

    @Option(names = "--as-is", description = "run nothing: report on the results that exist")
    private boolean asIs;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(!plan || !asIs, "--plan and --as-is are mutually exclusive");
        mistakes.unless(Files.isRegularFile(file), "--experiment", file, "an existing file");
        mistakes.unless(
                dataDir == null || Files.isDirectory(dataDir),
                "--data-dir",
                String.valueOf(dataDir),
                "an existing folder");
    }

    @Override
    public Integer call() {
        WrongUsage.unless(
                UserError.onFailure("cannot read " + file, () -> Files.size(file)) <= MOST_BYTES,
                "--experiment",
                file,
                "a file of at most " + (MOST_BYTES >> 20) + " MiB");
        String source = UserError.onFailure("cannot read " + file, () -> Files.readString(file));
        Experiment experiment = experiment(source);
        ReportFolder folder = new ReportFolder(out);
        if (plan) {
            System.out.print(plan(experiment, folder));
            return 0;
        }
        folder.made();
        Provenance here = Provenance.here(String.join(" ", spec.root().version()));
        if (experiment.hasProxies()) {
            trainers.atLeast(2);
        }
        if (!asIs && !ExperimentRunner.isComplete(experiment, folder)) {
            System.out.print(plan(experiment, folder));
            try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
                new ExperimentRunner(experiment, folder, system, trainers.trainers, here).run();
                ExamplePanels examples = new ExamplePanels(evidence(experiment, folder));
                new ExampleImages(
                                experiment.setting().dataset(),
                                experiment.setting().limit(),
                                folder,
                                system)
                        .fetch(examples.fingerprint(), examples.shown());
            }
        }
        write(experiment, folder, source, here);
        return 0;
    }

    private Experiment experiment(String source) {
        return new ExperimentFile(
                        words(Dataset.values()).stream()
                                .filter(name -> !name.equals("folder") || dataDir != null)
                                .toList(),
                        words(Model.values()))
                .read(
                        String.valueOf(file.getFileName()),
                        source,
                        dataDir == null
                                ? null
                                : dataDir.toAbsolutePath().normalize().toString());
    }

    private static List<String> words(Object[] constants) {
        return Arrays.stream(constants).map(Object::toString).toList();
    }

    private static String plan(Experiment experiment, ReportFolder folder) {
        List<Wanted> runs = ExperimentRunner.wanted(experiment, folder);
        List<Wanted> missing = runs.stream().filter(run -> !folder.has(run)).toList();
        long scorings =
                experiment.scorings().stream().filter(one -> !folder.has(one)).count();
        double passes =
                missing.stream().mapToDouble(ExperimentRunner::passes).sum() + scorings * experiment.scoringPasses();
        return Format.text(
                "%s: %d runs, including %d controls, and %d scorings; missing are %d runs and %d"
                        + " scorings, %.1f passes over the training set%n",
                experiment.title(),
                runs.size(),
                runs.stream().map(Wanted::cell).filter(Cell::isControl).count(),
                experiment.scorings().size(),
                missing.size(),
                scorings,
                passes);
    }

    private static Evidence evidence(Experiment experiment, ReportFolder folder) {
        return new Evidence(
                experiment,
                ExperimentRunner.wanted(experiment, folder).stream()
                        .map(folder::read)
                        .flatMap(Optional::stream)
                        .toList(),
                experiment.scorings().stream()
                        .map(folder::read)
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static void write(Experiment experiment, ReportFolder folder, String source, Provenance here) {
        Evidence evidence = evidence(experiment, folder);
        if (evidence.all().isEmpty()) {
            throw new UserError(folder.folder() + " holds no results of this experiment yet");
        }
        List<Panel> panels = Report.panels(evidence);
        String fingerprint = new ExamplePanels(evidence).fingerprint();
        folder.write(
                "report.html",
                HtmlReport.of(evidence, panels, source, here, index -> folder.image(fingerprint, index)));
        folder.write("runs.csv", CsvReport.runs(evidence));
        folder.write("figures.csv", CsvReport.figures(panels));
        Report.verdicts(evidence).forEach(System.out::println);
        System.out.println("Wrote " + folder.folder().resolve("report.html"));
    }
}
