package org.dietsb.selector.run;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.run.Waiting;
import org.dietsb.contracts.run.WholeRuns;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Reads topic run-events whole: every run as its last event describes it. Thread-safe. */
@ApplicationScoped
public class Runs {
    private static final String TOPIC = "run-events";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Comparator<RunSheet> NEWEST_FIRST =
            Comparator.comparing(RunSheet::queued).thenComparing(RunSheet::id).reversed();

    private final Map<String, RunSheet> runs = new ConcurrentHashMap<>();
    private final BroadcastProcessor<String> changes = BroadcastProcessor.create();
    private final WholeRuns whole = new WholeRuns();
    private final ReadPosition position;

    Runs(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Returns the run of this name, even if it was queued only a moment ago; empty if there is none. */
    public Optional<RunSheet> find(String runId) throws InterruptedException {
        if (!runs.containsKey(runId)) {
            position.awaitEnd(PATIENCE);
        }
        return Optional.ofNullable(runs.get(runId));
    }

    /** Returns the proxy of a run; empty if the run has none. */
    public Optional<RunSheet> proxyOf(String runId) {
        return runs.values().stream().filter(run -> run.proxyOf().equals(runId)).findFirst();
    }

    /** Returns the other run of an order in two: the proxy of this run, or the run whose proxy it is; empty if it stands alone. */
    public Optional<RunSheet> partner(RunSheet run) {
        return run.firstPolicy().proxy() == null ? Optional.ofNullable(runs.get(run.proxyOf())) : proxyOf(run.id());
    }

    /** Returns all runs, the one queued last first. */
    public List<RunSheet> newestFirst() {
        return runs.values().stream().sorted(NEWEST_FIRST).toList();
    }

    /** Returns what a queued run waits for, such as {@code trainer busy with RUN, about 6 min}; empty for others. */
    public String waitsFor(RunSheet run) {
        if (run.state() != RunSheet.State.QUEUED) {
            return "";
        }
        if (!run.reason().isEmpty()) {
            return run.reason();
        }
        return Waiting.text(
                runs.values().stream()
                        .filter(other -> other.state() == RunSheet.State.RUNNING)
                        .map(RunSheet::busy)
                        .toList(),
                runs.values().stream()
                        .filter(other -> other.state() == RunSheet.State.QUEUED
                                && other.queued().isBefore(run.queued()))
                        .count());
    }

    /** Returns a stream of the ids of runs that change from now on; a slow reader misses all but the last. */
    public Multi<String> changes() {
        return changes.onOverflow().dropPreviousItems();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            RunEvent event = RunEvent.parseFrom(value);
            if (event.hasPart()) {
                whole.add(event.getPart());
            } else if (event.hasRun()) {
                RunId.check("run id", event.getRun().getOrder().getRunId());
                RunSheet run = RunSheetWire.fromWire(whole.read(event.getRun()));
                runs.merge(run.id(), run, (old, now) -> now.isLaterThan(old) ? now : old);
                changes.onNext(run.id());
            } else if (event.hasBeat()) {
                beat(event.getBeat());
            }
        });
    }

    private void beat(Beat beat) {
        RunSheet known = runs.get(beat.getRunId());
        if (known != null && known.state() == RunSheet.State.RUNNING && known.attempt() == beat.getAttempt()) {
            runs.put(known.id(), RunSheetWire.at(known, beat.getPosition()));
            changes.onNext(known.id());
        }
    }
}
