package org.dietsb.selector.mask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What Prometheus sees of the selector. */
@ApplicationScoped
class SelectorMeters {
    /** Recorded of a batch: to record a loss takes longer than to judge it, and some tell the distribution as well as all. */
    private static final int MOST_LOSSES = 16;

    private final MeterRegistry registry;
    private final Timer answers;
    private final LossBuckets losses;
    private final LossBuckets selectedLosses;
    private final Map<String, DistributionSummary> keeps = new ConcurrentHashMap<>();
    private final Counter fenced;
    private final Counter dieted;
    private final Timer recoveries;
    private final Counter replayed;
    private final Counter rebuilt;
    private final Counter sentAgain;
    private final Counter replayMisses;
    private final AtomicLong lag = new AtomicLong();

    SelectorMeters(MeterRegistry registry) {
        this.registry = registry;
        this.answers = Timer.builder("dietsb_selector_answer")
                .description("From a message received to its answer, before it is sent")
                .publishPercentileHistogram()
                .register(registry);
        this.losses = new LossBuckets(
                registry,
                "dietsb_selector_losses",
                "Losses of the selection passes that are at most le, in nats; at most 16 of a batch are counted");
        this.selectedLosses = new LossBuckets(
                registry, "dietsb_selector_selected_losses", "Of these losses, those of examples that were selected");
        this.fenced = Counter.builder("dietsb_fenced")
                .description("Messages of attempts that a later one has replaced")
                .register(registry);
        this.dieted = Counter.builder("dietsb_examples_pruned")
                .description("Examples that diets left out, over all epochs opened")
                .register(registry);
        this.recoveries = Timer.builder("dietsb_selector_recovery")
                .description("From the assignment of a partition until its runs are rebuilt and it is answered live")
                .register(registry);
        this.replayed = Counter.builder("dietsb_selector_replayed")
                .description("Messages read to rebuild runs, without answering them")
                .register(registry);
        this.rebuilt = Counter.builder("dietsb_selector_rebuilt_runs")
                .description("Runs rebuilt from the log")
                .register(registry);
        this.sentAgain = Counter.builder("dietsb_selector_sent_again")
                .description("Last answers of runs, sent again after a recovery")
                .register(registry);
        this.replayMisses = Counter.builder("dietsb_replay_misses")
                .description(
                        "Epochs and batches of replays whose recorded masks were not there: their runs are refused")
                .register(registry);
        Gauge.builder("dietsb_selector_lag", lag, AtomicLong::get)
                .description("Messages yet to be read; the group's lag also counts those that rebuild runs")
                .register(registry);
    }

    /** A partition was caught up with. */
    void recovered(long sinceNanos, int runs, int answersAgain) {
        recoveries.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
        rebuilt.increment(runs);
        sentAgain.increment(answersAgain);
    }

    /** Masks that a run was to replay were not there. */
    void replayMissed() {
        replayMisses.increment();
    }

    void replayed() {
        replayed.increment();
    }

    /** How many messages are yet to be read, on all partitions. */
    void lag(long messages) {
        lag.set(messages);
    }

    void judged(String kind, float[] ofLosses, BitSet selected, int size) {
        registry.counter("dietsb_masks", "policy", kind).increment();
        keep(kind).record((double) selected.cardinality() / size);
        int step = (ofLosses.length + MOST_LOSSES - 1) / MOST_LOSSES;
        for (int i = 0; i < ofLosses.length; i += step) {
            losses.record(ofLosses[i]);
            if (selected.get(i)) {
                selectedLosses.record(ofLosses[i]);
            }
        }
    }

    /** One a kind of policy, of which there are a handful. */
    private DistributionSummary keep(String kind) {
        return keeps.computeIfAbsent(kind, label -> DistributionSummary.builder("dietsb_selector_keep")
                .description("Share of a batch that is selected")
                .tag("policy", label)
                .register(registry));
    }

    void answered(long sinceNanos) {
        answers.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
    }

    void fenced() {
        fenced.increment();
    }

    void dieted(int examples) {
        dieted.increment(examples);
    }

    void watchRuns(Supplier<Number> runs) {
        Gauge.builder("dietsb_selector_runs", runs)
                .description("Runs whose batches are judged here")
                .strongReference(true)
                .register(registry);
    }
}
