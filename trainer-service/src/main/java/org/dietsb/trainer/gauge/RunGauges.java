package org.dietsb.trainer.gauge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dietsb.contracts.policy.NominalRate;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.train.EpochFigures;
import org.jspecify.annotations.Nullable;

/**
 * Gauges with a run label, bounded in number: the last runs of this trainer, each for at most an hour after its end. The gauges of a
 * run that continues on another trainer are removed here. Thread-safe.
 */
@Singleton
public class RunGauges {
    private static final int SHOWN = 5;
    private static final int POLICIES_SHOWN = 20;
    private static final long SHOWN_AFTER_END_MILLIS = 3_600_000;

    private final MeterRegistry registry;
    private final RunRegistry runs;
    private final Map<String, Shown> shown = new LinkedHashMap<>(16, .75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shown> eldest) {
            return size() > SHOWN;
        }
    };
    private final Map<MultiGauge, Function<Shown, List<Row<?>>>> gauges = new LinkedHashMap<>();

    /**
     * A run and values derived from it.
     *
     * @param placedMillis when policies took effect here, in their order, without the inherited ones
     * @param inheritedPolicies number of policies at the start of the run's list that an earlier attempt placed
     */
    private record Shown(
            Run run,
            Usage.Skew usage,
            @Nullable BaselineComparison baseline,
            List<Long> placedMillis,
            int inheritedPolicies) {

        double ofLastEpoch(ToDoubleFunction<EpochFigures> figure) {
            List<EpochFigures> epochs = run.epochs();
            return epochs.isEmpty() ? Double.NaN : figure.applyAsDouble(epochs.get(epochs.size() - 1));
        }

        long examplesTrained() {
            return run.epochs().stream()
                    .mapToLong(EpochFigures::backwardExamples)
                    .sum();
        }
    }

    /**
     * Creates gauges that show no run yet.
     *
     * @param runs runs among which baselines are found
     */
    RunGauges(MeterRegistry registry, RunRegistry runs) {
        this.registry = registry;
        this.runs = runs;
        gauge(
                "dietsb_running",
                "Whether this trainer trains the run now",
                one -> one.run.state() == Run.State.RUNNING ? 1 : 0);
        gauge(
                "dietsb_accuracy",
                "Accuracy on the test set after the last evaluated epoch",
                one -> orNaN(one.run.accuracy()));
        gauge(
                "dietsb_train_loss",
                "Mean loss of the steps of the last finished epoch, in nats",
                one -> one.ofLastEpoch(epoch -> orNaN(epoch.trainLoss())));
        gauge("dietsb_epoch", "Number of the running epoch, from 1", one -> Optional.ofNullable(one.run.position())
                .map(Run.Position::epoch)
                .orElse(0));
        gauge(
                "dietsb_epochs",
                "Total number of epochs of the run",
                one -> orNaN(Optional.ofNullable(one.run.position())
                        .map(Run.Position::epochs)
                        .orElse(null)));
        gauge(
                "dietsb_epoch_seconds",
                "Time of the last finished epoch: selection, mask wait and steps, no evaluation",
                one -> one.ofLastEpoch(EpochFigures::seconds));
        gauge(
                "dietsb_baseline_epoch_seconds",
                "Median time of the epochs of the baseline runs of the same dataset, model and recipe, from the second on;"
                        + " absent without such an epoch",
                one -> one.baseline == null ? Double.NaN : one.baseline.epochSeconds());
        gauge(
                "dietsb_time_saved",
                "Share by which the median epoch of the run, from the second on, is shorter than that of its baseline"
                        + " runs; absent before there are such epochs, and for a baseline run",
                one -> one.baseline == null ? Double.NaN : one.baseline.timeSaved());
        gauge(
                "dietsb_run_examples_trained",
                "Example-passes forward and backward, over all finished epochs",
                Shown::examplesTrained);
        gauge(
                "dietsb_dataset_examples",
                "Examples of the training set, before any diet",
                one -> one.run.dataset() == null
                        ? Double.NaN
                        : one.run.dataset().count());
        gauge("dietsb_policy_revision", "Revision of the policy in effect", one -> one.run
                .currentPolicy()
                .revision());
        gauge("dietsb_pre_pruned", "Share of the training set that the diet leaves out", one -> one.run.prePruned());
        gauge(
                "dietsb_total_pruned",
                "Share of the training set not backpropagated, over all epochs",
                one -> one.run.totalPruned());
        gauge(
                "dietsb_nominal_pruned",
                "Share of the training set that the policy in effect leaves out by its parameters, whatever dietsb_total_pruned"
                        + " really is; absent if they set none",
                one -> NominalRate.of(one.run.currentPolicy().policy()).orElse(Double.NaN));
        gauge(
                "dietsb_never_selected",
                "Share of the training set that this attempt has not selected yet, at the end of the last epoch",
                one -> one.usage.never());
        gauge(
                "dietsb_most_selected_tenth",
                "Share of this attempt's selections that went to the most selected tenth of the training set; .1 ="
                        + " even",
                one -> one.usage.mostSelectedTenth());
        rows(
                "dietsb_run_info",
                "Dataset, model, kind of policy and, for a proxy, its run; always 1",
                one -> List.of(Row.of(infoOf(one.run), 1)));
        rows(
                "dietsb_policy_placed_timestamp_seconds",
                "When a policy took effect here, for the last twenty of a run, in seconds since 1970",
                RunGauges::placements);
        rows(
                "dietsb_baseline_accuracy",
                "Accuracy after the same epoch of the baseline runs of the same dataset, model and recipe",
                RunGauges::baselineAccuracies);
    }

    private static double orNaN(@Nullable Number value) {
        return value == null ? Double.NaN : value.doubleValue();
    }

    /** Adds a gauge with one value per run; NaN = no value. */
    private void gauge(String name, String description, ToDoubleFunction<Shown> valueOf) {
        rows(name, description, one -> {
            double value = valueOf.applyAsDouble(one);
            return Double.isNaN(value) ? List.of() : List.of(Row.of(Tags.of("run", one.run.id()), value));
        });
    }

    private void rows(String name, String description, Function<Shown, List<Row<?>>> rowsOf) {
        gauges.put(MultiGauge.builder(name).description(description).register(registry), rowsOf);
    }

    /** Shows the run as it is now. */
    public synchronized void show(Run run, Usage usage) {
        Shown before = shown.get(run.id());
        if (before == null || before.run.attempt() != run.attempt()) {
            // The policies of an attempt's first record were placed before it.
            shown.put(run.id(), derived(run, usage, List.of(), run.policies().size()));
        } else if (before.run.epochs().size() != run.epochs().size()) {
            shown.put(run.id(), derived(run, usage, placedMillis(before, run), before.inheritedPolicies));
        } else {
            shown.put(
                    run.id(),
                    new Shown(run, before.usage, before.baseline, placedMillis(before, run), before.inheritedPolicies));
        }
        register();
    }

    /** Derives the values that change at the start of an attempt and at the end of an epoch. */
    private Shown derived(Run run, Usage usage, List<Long> placedMillis, int inherited) {
        return new Shown(
                run, usage.skew(), BaselineComparison.of(run, runs.whole()).orElse(null), placedMillis, inherited);
    }

    private static List<Long> placedMillis(Shown before, Run now) {
        List<Long> millis = new ArrayList<>(before.placedMillis);
        while (before.inheritedPolicies + millis.size() < now.policies().size()) {
            millis.add(System.currentTimeMillis());
        }
        return List.copyOf(millis);
    }

    /** Removes a run that this trainer no longer trains, unless it is over: it continues elsewhere. */
    public synchronized void leaveUnlessOver(String runId) {
        Shown last = shown.get(runId);
        if (last != null && !last.run.state().isOver()) {
            shown.remove(runId);
            register();
        }
    }

    /** Removes runs that ended more than an hour ago. */
    synchronized void tidy(long nowMillis) {
        if (shown.values()
                .removeIf(one ->
                        one.run.state().isOver() && one.run.endedMillis() < nowMillis - SHOWN_AFTER_END_MILLIS)) {
            register();
        }
    }

    private void register() {
        gauges.forEach((gauge, rowsOf) -> gauge.register(
                shown.values().stream()
                        .flatMap(one -> rowsOf.apply(one).stream())
                        .toList(),
                true));
    }

    private static Tags infoOf(Run run) {
        return Tags.of(
                "run",
                run.id(),
                "dataset",
                run.order().dataset().name(),
                "model",
                run.order().model(),
                "policy",
                run.currentPolicy().policy().kind().label(),
                "proxy_of",
                Objects.requireNonNullElse(run.order().proxyOf(), ""));
    }

    /** One row per revision. A revision that took effect more than once has its latest time. */
    private static List<Row<?>> placements(Shown one) {
        Map<Long, Row<?>> rows = new LinkedHashMap<>();
        List<Run.PlacedPolicy> policies = one.run.policies();
        int first = Math.max(one.inheritedPolicies, policies.size() - POLICIES_SHOWN);
        for (int i = first; i < policies.size(); i++) {
            Run.PlacedPolicy policy = policies.get(i);
            Tags tags = Tags.of(
                    "run",
                    one.run.id(),
                    "revision",
                    String.valueOf(policy.revision()),
                    "policy",
                    policy.policy().kind().label());
            rows.put(policy.revision(), Row.of(tags, one.placedMillis.get(i - one.inheritedPolicies) / 1e3));
        }
        return List.copyOf(rows.values());
    }

    private static List<Row<?>> baselineAccuracies(Shown one) {
        BaselineComparison baseline = one.baseline;
        if (baseline == null || Double.isNaN(baseline.meanAccuracy())) {
            return List.of();
        }
        Tags run = Tags.of("run", one.run.id());
        return List.of(
                Row.of(run.and("bound", "lowest"), baseline.lowestAccuracy()),
                Row.of(run.and("bound", "mean"), baseline.meanAccuracy()),
                Row.of(run.and("bound", "highest"), baseline.highestAccuracy()));
    }
}
