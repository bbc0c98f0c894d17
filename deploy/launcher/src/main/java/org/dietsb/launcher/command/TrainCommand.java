package org.dietsb.launcher.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.option.OutputOptions;
import org.dietsb.launcher.option.PolicyOptions;
import org.dietsb.launcher.option.RunOptions;
import org.dietsb.launcher.option.ScoringOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Mistakes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains one or several runs, computes the scores that diets need, and shows progress and a table of results. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train; starts services that are not running, and stops them afterwards. Without options:"
                + " fashion-mini, resnet8, the baseline beside diet-selective, which leaves out half of all examples, half of"
                + " these before training. Ends with the difference in accuracy and in time, scoring included.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dietsb train",
            "  dietsb train --policy baseline,random --keep 1/2 --seed 1,2,3",
            "  dietsb train --policy selective --keep 1/2 --controls",
            "  dietsb train --dataset folder --data-dir PHOTOS --model resnet18"
        })
public final class TrainCommand implements Callable<Integer>, Checked {
    @Option(
            names = "--policy",
            paramLabel = "KIND",
            split = ",",
            defaultValue = "baseline,diet-selective",
            description = "one kind, or a comma-separated list, of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}; "
                    + "several share one table, baseline first")
    List<PolicyKind> kinds = List.of(PolicyKind.BASELINE, PolicyKind.DIET_SELECTIVE);

    @Option(
            names = "--controls",
            description = "train two controls of each run that leaves out examples: everything at equal cost in as many"
                    + " steps, and as many examples of each batch at random")
    boolean controls;

    @Option(
            names = "--detach",
            description = "order the runs in the running system and return at once; see dietsb follow")
    private boolean detach;

    @Mixin
    PolicyOptions policy = new PolicyOptions();

    @Mixin
    TrainingOptions training = new TrainingOptions();

    @Mixin
    ScoringOptions scoring = new ScoringOptions();

    @Mixin
    RunOptions run = new RunOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private Target target = new Target();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        boolean proxied = any(policy::hasProxy);
        if (proxied) {
            trainers.atLeast(2);
        }
        List<Sweep.Job> jobs = Sweep.jobs(kinds, policy.of, training.variants());
        if (detach) {
            new TrainSession(LocalSystem.running(target), this).order(jobs, target.words());
            return 0;
        }
        try (LocalSystem system = LocalSystem.upOrStarted(target, trainers)) {
            int count = system.trainers(trainers.trainers);
            new TrainSession(system, this).train(jobs, proxied ? Math.max(1, count / 2) : count, target.words());
        }
        return 0;
    }

    private boolean any(Predicate<PolicyKind> test) {
        return kinds.stream().anyMatch(test);
    }

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                new HashSet<>(kinds).size() == kinds.size(),
                "--policy",
                kinds.stream().map(PolicyKind::toString).collect(Collectors.joining(",")),
                "each kind once");
        mistakes.unless(
                !kinds.contains(PolicyKind.RANDOM_LIKE) || policy.of != null,
                "--of is missing: random-like draws as many examples as an earlier run selected");
        boolean sweep = training.variants().size() > 1;
        boolean records = kinds.contains(PolicyKind.REPLAY) && policy.of == null;
        mistakes.unless(
                !records || sweep,
                "--of is missing: replay uses the masks of an earlier run; without --of a sweep of --seed,"
                        + " --learning-rate or --model records one run and replays it for the others");
        mistakes.unless(
                !sweep || !any(PolicyKind::hasDiet),
                "a sweep of --seed, --learning-rate or --model excludes diets: replay one run of a diet with --of");
        List<PolicyKind> trained = new ArrayList<>(kinds);
        if (records) {
            trained.add(PolicyKind.SELECTIVE);
        }
        if (!mistakes.has("--policy")) {
            policy.check(trained, mistakes);
        }
        budgetMustBeEpochs(
                mistakes,
                any(PolicyKind::replays),
                "replay and random-like: the number of epochs determines which recorded epoch is used");
        budgetMustBeEpochs(
                mistakes, any(policy::hasProxy), "--losses proxy:MODEL: a run and its proxy are of equal length");
        mistakes.unless(
                !scoring.isGiven() || any(policy::needsScores),
                "--score-members and --score-epochs do not apply: no scores are computed");
        if (any(policy::needsScores)) {
            scoring.check(training, mistakes);
        }
        mistakes.unless(
                policy.rule != Policy.Rule.PERCENTILE || training.batchSize <= policy.history(),
                "--batch-size",
                training.batchSize,
                "[1, " + policy.history() + "] with --rule percentile, the length of its history");
        budgetMustBeEpochs(mistakes, controls, "--controls: the random control uses recorded epochs by their numbers");
        mistakes.unless(!controls || !any(policy::hasProxy), "--controls does not apply to --losses proxy:MODEL");
        mistakes.unless(
                !detach || !(controls || records || output.isGiven()),
                "--detach excludes --controls, --summary, --csv, --model-out and a sweep that records masks: they need the"
                        + " end of a run");
        mistakes.unless(
                run.init == null || !target.isCluster(),
                "--init does not apply to a cluster, whose trainers do not see the files of this machine");
        trainers.check(target, mistakes);
        mistakes.unless(
                run.init == null || training.models.stream().allMatch(model -> model.file() == null),
                "--init does not apply to --model FILE.pt, which holds its own parameters");
    }

    private void budgetMustBeEpochs(Mistakes mistakes, boolean required, String reason) {
        mistakes.unless(!required || run.budget.isEpochs(), "--budget", run.budget.text(), "epochs with " + reason);
    }
}
