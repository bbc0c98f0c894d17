package org.dietsb.selector.run;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.run.ForeignRuns;
import org.dietsb.contracts.run.HeldRuns;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.contracts.run.Waiting;
import org.dietsb.contracts.run.WholeRuns;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.UnreadException;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Reads topic run-events whole: every run as its last event describes it. Of most runs that are over, memory has no epochs; they are read
 * from the topic when they are asked for. Thread-safe.
 */
@ApplicationScoped
public class Runs {
    /** How the words about a run begin that is to be cancelled. */
    public static final String CANCELLED = "cancelled: ends ";

    private static final String TOPIC = "run-events";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KnownRuns known = new KnownRuns();
    private final BroadcastProcessor<String> changes = BroadcastProcessor.create();
    private final WholeRuns whole = new WholeRuns();
    private final StoredRuns places = new StoredRuns();
    private final ForeignRuns foreign;
    private final ReadPosition position;
    private final StoredMessages stored;

    Runs(TopicEnds ends, DeadLetters deadLetters, StoredMessages stored, SelectorConfig config) {
        this.foreign = new ForeignRuns(config.lostAfter());
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
        this.stored = stored;
    }

    /**
     * Returns the run of this name, even if it was queued only a moment ago; empty if there is none. A run that is over may be without its
     * completed epochs and earlier policies.
     *
     * @throws UncheckedIOException if it is not known, and the topic cannot be read to its end now
     */
    public Optional<RunSheet> find(String runId) throws InterruptedException {
        Optional<RunSheet> run = known.find(runId);
        if (run.isEmpty()) {
            boolean read = position.awaitEnd(PATIENCE);
            run = known.find(runId);
            if (run.isEmpty() && !read) {
                throw new UnreadException("topic " + TOPIC + " is not read yet: run " + runId + " may be in it")
                        .unchecked();
            }
        }
        return run;
    }

    /**
     * Returns the run of this name with its completed epochs and all its policies; empty if there is none.
     *
     * @throws UncheckedIOException if they cannot be read from the topic now
     */
    public Optional<RunSheet> whole(String runId) throws InterruptedException {
        return find(runId).map(this::whole);
    }

    /** Returns the same run with its completed epochs and all its policies. */
    private RunSheet whole(RunSheet run) {
        HeldRuns.Held<RunSheet> held = known.held(run.id());
        if (held == null || held.isWhole()) {
            return held == null ? run : held.run();
        }
        try {
            return StoredRuns.read(run.id(), held.offsets(), offset -> stored.at(TOPIC, offset))
                    .map(RunSheetWire::fromWire)
                    .orElse(held.run());
        } catch (IOException unread) {
            throw new UncheckedIOException(unread);
        }
    }

    /** Returns the proxy of a run, with its epochs; empty if the run has none. */
    public Optional<RunSheet> proxyOf(String runId) {
        return known.proxyOf(runId).map(this::whole);
    }

    /** Returns the other run of an order in two: the proxy of this run, or the run whose proxy it is; empty if it stands alone. */
    public Optional<RunSheet> partner(RunSheet run) {
        return run.firstPolicy().proxy() == null ? known.find(run.proxyOf()).map(this::whole) : proxyOf(run.id());
    }

    /** Returns all runs, the one queued last first; those that are over may be without their epochs. */
    public List<RunSheet> newestFirst() {
        return known.newestFirst();
    }

    /** Returns when a run was last heard of, if its loop seems to have ended without saying so; empty for others. */
    public Optional<Instant> lostSince(RunSheet run) {
        return foreign.lostSince(run.id(), System.currentTimeMillis());
    }

    /**
     * Returns what a queued run waits for, such as {@code trainer busy with RUN, about 6 min}, and that a live run is to be
     * {@linkplain #CANCELLED cancelled}; empty for others.
     */
    public String waitsFor(RunSheet run) {
        if (known.isToBeCancelled(run)) {
            return CANCELLED + (run.state() == RunSheet.State.QUEUED ? "" : "at its next batch, or ")
                    + "when a trainer is ready";
        }
        if (run.state() != RunSheet.State.QUEUED) {
            return "";
        }
        if (!run.reason().isEmpty()) {
            return run.reason();
        }
        Optional<String> scoring =
                ScoringProgress.awaited(run).flatMap(set -> ScoringProgress.text(set, newestFirst()));
        if (scoring.isPresent()) {
            return scoring.get();
        }
        List<RunSheet> live = known.live();
        return Waiting.text(
                live.stream()
                        .filter(other -> other.state() == RunSheet.State.RUNNING && !other.foreign())
                        .map(RunSheet::busy)
                        .toList(),
                live.stream()
                        .filter(other -> other.state() == RunSheet.State.QUEUED
                                && other.queued().isBefore(run.queued()))
                        .count());
    }

    /** Returns whether a run is a member of the scoring that another, queued run awaits. */
    public boolean isAwaitedBy(String member, String queued) {
        return known.find(queued)
                .flatMap(ScoringProgress::awaited)
                .flatMap(set -> known.find(member).filter(run -> run.scoring().equals(set)))
                .isPresent();
    }

    /** Returns a stream of the ids of runs that change from now on; a slow reader misses all but the last. */
    public Multi<String> changes() {
        return changes.onOverflow().dropPreviousItems();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            String key = message.key();
            if (key != null && message.value() == null) {
                removed(key);
                return;
            }
            RunEvent event = RunEvent.parseFrom(value);
            if (event.hasPart()) {
                whole.add(event.getPart());
                places.part(key, message.offset());
            } else if (event.hasRun()) {
                read(event.getRun(), key, message.offset());
            } else if (event.hasBeat()) {
                beat(event.getBeat());
            } else if (event.hasCancelRequested()) {
                cancelled(event.getCancelRequested());
            }
            if (key != null) {
                String id = StoredRuns.runId(key);
                foreign.heard(
                        id,
                        known.find(id)
                                .filter(run -> run.foreign() && run.state() == RunSheet.State.RUNNING)
                                .isPresent(),
                        message.timestamp());
            }
        });
    }

    private void read(Run run, @Nullable String key, long offset) {
        RunId.check("run id", run.getOrder().getRunId());
        RunSheet sheet = RunSheetWire.fromWire(whole.read(run));
        List<Long> offsets = sheet.isLive() ? List.of() : places.over(key, run, offset);
        known.put(sheet, offsets);
        changes.onNext(sheet.id());
    }

    private void beat(Beat beat) {
        RunSheet run = known.find(beat.getRunId()).orElse(null);
        if (run != null && run.state() == RunSheet.State.RUNNING && run.attempt() == beat.getAttempt()) {
            known.moved(RunSheetWire.at(run, beat.getPosition()));
            changes.onNext(run.id());
        }
    }

    private void cancelled(CancelRequested request) {
        RunId.check("run id", request.getRunId());
        known.cancel(request.getRunId(), request.getResumed());
        changes.onNext(request.getRunId());
    }

    /** Forgets a run of which nothing is stored any more, if it is over and its message has this key. */
    private void removed(String key) {
        String id = StoredRuns.runId(key);
        RunSheet run = known.find(id).orElse(null);
        if (run == null || run.isLive() || !key.equals(run.key())) {
            return;
        }
        known.remove(run);
        whole.remove(id);
        changes.onNext(id);
    }
}
