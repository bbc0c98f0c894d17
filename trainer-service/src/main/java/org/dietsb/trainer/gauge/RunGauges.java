package org.dietsb.trainer.gauge;

import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dietsb.trainer.train.EpochFigures;
import org.jspecify.annotations.Nullable;

/**
 * Gauges with a run label, so bounded: of the last runs that this trainer trained, and of each no longer than an hour after
 * its end. A run that goes on elsewhere has them there alone. Thread-safe.
 */
@Singleton
class RunGauges {
    private static final int SHOWN = 5;
    private static final int POLICIES_SHOWN = 20;
    private static final long SHOWN_AFTER_END_MILLIS = 3_600_000;

    private final RunRegistry runs;
    private final Map<String, Shown> shown = new LinkedHashMap<>(16, .75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shown> eldest) {
            return size() > SHOWN;
        }
    };
    private final Map<MultiGauge, ToDoubleFunction<Shown>> ofRuns = new LinkedHashMap<>();
    private final MultiGauge info;
    private final MultiGauge placed;
    private final MultiGauge baselineAccuracy;

    /**
     * A run, and what is derived from it.
     *
     * @param placedMillis when policies took effect here, in their order; not those that an earlier attempt stamped
     * @param inheritedPolicies of its list, those that an earlier attempt stamped
     */
    private record Shown(
            Run run,
            Usage.Skew usage,
            @Nullable BaselineComparison baseline,
            List<Long> placedMillis,
            int inheritedPolicies) {

        double epochSeconds() {
            List<EpochFigures> epochs = run.epochs();
            return epochs.isEmpty() ? Double.NaN : epochs.get(epochs.size() - 1).seconds();
        }

        double trainLoss() {
            List<EpochFigures> epochs = run.epochs();
            return epochs.isEmpty() ? Double.NaN : epochs.get(epochs.size() - 1).trainLoss();
        }

        long examplesTrained() {
            return run.epochs().stream()
                    .mapToLong(EpochFigures::backwardExamples)
                    .sum();
        }
    }

    /**
     * None yet.
     *
     * @param runs among which baselines are looked for
     */
    RunGauges(MeterRegistry registry, RunRegistry runs) {
        this.runs = runs;
        ofRun(
                registry,
                "dietsb_running",
                "Whether this trainer trains the run now",
                one -> one.run.state() == Run.State.RUNNING ? 1 : 0);
        ofRun(
                registry,
                "dietsb_accuracy",
                "Accuracy on the test set after the last evaluated epoch",
                one -> one.run.accuracy() == null ? Double.NaN : one.run.accuracy());
        ofRun(registry, "dietsb_train_loss", "Mean loss of the last ended epoch's steps, nats", Shown::trainLoss);
        ofRun(
                registry,
                "dietsb_epoch",
                "Epoch that is running, from 1",
                one -> one.run.position() == null ? 0 : one.run.position().epoch());
        ofRun(
                registry,
                "dietsb_epochs",
                "Epochs that the run has in all",
                one -> one.run.position() == null
                        ? Double.NaN
                        : one.run.position().epochs());
        ofRun(
                registry,
                "dietsb_epoch_seconds",
                "Time of the last ended epoch: selection, mask wait and steps, no evaluation",
                Shown::epochSeconds);
        ofRun(
                registry,
                "dietsb_baseline_epoch_seconds",
                "Time of an epoch of the baseline runs of equal dataset, model and recipe; none where there is no such run",
                one -> one.baseline == null ? Double.NaN : one.baseline.epochSeconds());
        ofRun(
                registry,
                "dietsb_run_examples_trained",
                "Example-passes forward and backward, of all ended epochs",
                Shown::examplesTrained);
        ofRun(
                registry,
                "dietsb_dataset_examples",
                "Examples of the training set, before any diet",
                one -> one.run.dataset() == null
                        ? Double.NaN
                        : one.run.dataset().count());
        ofRun(registry, "dietsb_policy_revision", "Revision of the policy in effect", one -> one.run
                .currentPolicy()
                .revision());
        ofRun(
                registry,
                "dietsb_pre_pruned",
                "Share of the training set that the diet leaves out",
                one -> one.run.prePruned());
        ofRun(
                registry,
                "dietsb_total_pruned",
                "Share of the training set not backpropagated, over all epochs",
                one -> one.run.totalPruned());
        ofRun(
                registry,
                "dietsb_never_selected",
                "Share of the training set that this attempt has not selected yet, at the end of the last epoch",
                one -> one.usage.never());
        ofRun(
                registry,
                "dietsb_most_selected_tenth",
                "Share of this attempt's selections that the most selected tenth of the training set got; .1 = even",
                one -> one.usage.mostSelectedTenth());
        info = gauge(
                registry,
                "dietsb_run_info",
                "What is trained, under which kind of policy, and whose proxy it is; always 1");
        placed = gauge(
                registry,
                "dietsb_policy_placed_timestamp_seconds",
                "When a policy took effect here, of the last twenty of a run; seconds since 1970");
        baselineAccuracy = gauge(
                registry,
                "dietsb_baseline_accuracy",
                "Accuracy after the same epoch of the baseline runs of equal dataset, model and recipe");
    }

    private void ofRun(MeterRegistry registry, String name, String description, ToDoubleFunction<Shown> value) {
        ofRuns.put(gauge(registry, name, description), value);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Shows the run as it is now. */
    synchronized void show(Run run, Usage usage) {
        String runId = run.order().runId();
        Shown before = shown.get(runId);
        if (before == null || before.run.attempt() != run.attempt()) {
            // The policies of an attempt's first news were placed before it.
            shown.put(runId, derived(run, usage, List.of(), run.policies().size()));
        } else if (before.run.epochs().size() != run.epochs().size()) {
            shown.put(runId, derived(run, usage, placedMillis(before, run), before.inheritedPolicies));
        } else {
            shown.put(
                    runId,
                    new Shown(run, before.usage, before.baseline, placedMillis(before, run), before.inheritedPolicies));
        }
        register();
    }

    /** As it is at the beginning of an attempt, or at the end of an epoch. */
    private Shown derived(Run run, Usage usage, List<Long> placedMillis, int inherited) {
        return new Shown(
                run, usage.skew(), BaselineComparison.of(run, runs.all()).orElse(null), placedMillis, inherited);
    }

    private static List<Long> placedMillis(Shown before, Run now) {
        List<Long> millis = new ArrayList<>(before.placedMillis);
        while (before.inheritedPolicies + millis.size() < now.policies().size()) {
            millis.add(System.currentTimeMillis());
        }
        return List.copyOf(millis);
    }

    /** This trainer trains the run no longer: unless it is over, it goes on elsewhere. */
    synchronized void leaveUnlessOver(String runId) {
        Shown last = shown.get(runId);
        if (last != null && !last.run.state().isOver()) {
            shown.remove(runId);
            register();
        }
    }

    /** Shows no longer what was over an hour ago. */
    synchronized void tidy(long nowMillis) {
        if (shown.values()
                .removeIf(one ->
                        one.run.state().isOver() && one.run.endedMillis() < nowMillis - SHOWN_AFTER_END_MILLIS)) {
            register();
        }
    }

    private void register() {
        ofRuns.forEach((gauge, value) -> gauge.register(rows(one -> row(one, value.applyAsDouble(one))), true));
        info.register(rows(one -> List.of(Row.of(infoOf(one.run), 1))), true);
        placed.register(rows(RunGauges::placements), true);
        baselineAccuracy.register(rows(RunGauges::baselineAccuracies), true);
    }

    private List<Row<?>> rows(Function<Shown, List<Row<?>>> rows) {
        return shown.values().stream().flatMap(one -> rows.apply(one).stream()).toList();
    }

    /** None where there is no value. */
    private static List<Row<?>> row(Shown one, double value) {
        return Double.isNaN(value)
                ? List.of()
                : List.of(Row.of(Tags.of("run", one.run.order().runId()), value));
    }

    private static Tags infoOf(Run run) {
        String proxyOf = run.order().proxyOf();
        return Tags.of(
                "run",
                run.order().runId(),
                "dataset",
                run.order().dataset().name(),
                "model",
                run.order().model(),
                "policy",
                run.currentPolicy().policy().kind().label(),
                "proxy_of",
                proxyOf == null ? "" : proxyOf);
    }

    /** A revision that came into force again has the time of its last time. */
    private static List<Row<?>> placements(Shown one) {
        Map<Long, Row<?>> rows = new LinkedHashMap<>();
        List<Run.PlacedPolicy> policies = one.run.policies();
        int first = Math.max(one.inheritedPolicies, policies.size() - POLICIES_SHOWN);
        for (int i = first; i < policies.size(); i++) {
            Run.PlacedPolicy policy = policies.get(i);
            Tags tags = Tags.of(
                    "run",
                    one.run.order().runId(),
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
        Tags run = Tags.of("run", one.run.order().runId());
        return List.of(
                Row.of(run.and("bound", "lowest"), baseline.lowestAccuracy()),
                Row.of(run.and("bound", "mean"), baseline.meanAccuracy()),
                Row.of(run.and("bound", "highest"), baseline.highestAccuracy()));
    }
}
