package org.dietsb.selector.mask;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.dietsb.selector.record.MaskRecords;

/** Metrics of the selector. */
@ApplicationScoped
class SelectorMeters {
    /** Maximum number of losses recorded per batch: recording one takes longer than judging it, and a sample shows the distribution as well. */
    private static final int MOST_LOSSES = 16;

    private final MeterRegistry registry;
    private final Timer answers;
    private final Timer decisions;
    private final LossBuckets losses;
    private final LossBuckets selectedLosses;
    private final Map<String, DistributionSummary> keeps = new ConcurrentHashMap<>();
    /** By topic. */
    private final Map<String, Counter> unstorable = new ConcurrentHashMap<>();

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
        this.decisions = Timer.builder("dietsb_selector_decision")
                .description("Choice of the examples of an epoch, of training sets above 65,536 examples")
                .publishPercentileHistogram()
                .register(registry);
        this.losses = new LossBuckets(
                registry,
                "dietsb_selector_losses",
                "Losses of the selection passes that are at most le, in nats; at most 16 of a batch are counted");
        this.selectedLosses = new LossBuckets(
                registry, "dietsb_selector_selected_losses", "Of these losses, those of examples that were selected");
        this.fenced = counter("dietsb_fenced", "Messages of attempts that a later one has replaced");
        this.dieted = counter("dietsb_examples_pruned", "Examples that diets left out, over all epochs opened");
        this.recoveries = Timer.builder("dietsb_selector_recovery")
                .description("From the assignment of a partition until its runs are rebuilt and it is answered live")
                .register(registry);
        this.replayed = counter("dietsb_selector_replayed", "Messages read to rebuild runs, without answering them");
        this.rebuilt = counter("dietsb_selector_rebuilt_runs", "Runs rebuilt from the log");
        this.sentAgain = counter("dietsb_selector_sent_again", "Last answers of runs, sent again after a recovery");
        this.replayMisses = counter(
                "dietsb_replay_misses",
                "Epochs and batches of replays whose recorded masks were not there: their runs are refused");
        // From 0 on, so that the first one is an increase.
        List.of(MaskSender.MASKS, MaskRecords.TOPIC)
                .forEach(topic -> unstorable.computeIfAbsent(topic, this::newUnstorable));
        Gauge.builder("dietsb_selector_lag", lag, AtomicLong::get)
                .description("Messages yet to be read; the group's lag also counts those that rebuild runs")
                .register(registry);
    }

    private Counter newUnstorable(String topic) {
        return Counter.builder("dietsb_unstorable")
                .description("Messages that Kafka refuses as too large; what they answered is refused")
                .tag("topic", topic)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /** Records the end of the recovery of a partition. */
    void recovered(long sinceNanos, int runs, int answersAgain) {
        recoveries.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
        rebuilt.increment(runs);
        sentAgain.increment(answersAgain);
    }

    /** Counts masks to be replayed that were not there. */
    void replayMissed() {
        replayMisses.increment();
    }

    void replayed() {
        replayed.increment();
    }

    /** Sets the number of messages that are not read yet, on all partitions. */
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

    /** Returns the summary of a kind of policy, of which there are a handful. */
    private DistributionSummary keep(String kind) {
        return keeps.computeIfAbsent(kind, label -> DistributionSummary.builder("dietsb_selector_keep")
                .description("Share of a batch that is selected")
                .tag("policy", label)
                .register(registry));
    }

    void answered(long sinceNanos) {
        answers.record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
    }

    <T> T timeDecision(Callable<T> decision) throws Exception {
        return decisions.recordCallable(decision);
    }

    /** Counts a message to this topic that the broker refuses as too large. */
    void unstorable(String topic) {
        unstorable.computeIfAbsent(topic, this::newUnstorable).increment();
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
