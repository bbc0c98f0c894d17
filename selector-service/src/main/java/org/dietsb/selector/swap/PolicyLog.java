package org.dietsb.selector.swap;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.topic.DeadLetters;
import org.dietsb.selector.topic.ReadPosition;
import org.dietsb.selector.topic.TopicEnds;
import org.dietsb.selector.wire.PolicyChange;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Topic selector-policies, read whole and appended to. Of two changes that replace the same revision the first in the log
 * counts, for every reader alike; so a change has come about when it was read back. Thread-safe.
 */
@ApplicationScoped
class PolicyLog {
    static final String TOPIC = "selector-policies";
    /** Stands for new runs whose order names no policy. */
    static final String DEFAULT = "*";
    /** Characters of who made a change. */
    private static final int MOST_OF_NAME = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * A policy for a run.
     *
     * @param rollsBackTo the revision whose policy this is again; null where it is a new one
     * @param who asks for it
     */
    record Change(
            PolicySpec policy, Schedule schedule, @Nullable Long rollsBackTo, String who) {
        /** The same of another policy. */
        Change with(PolicySpec other) {
            return new Change(other, schedule, rollsBackTo, who);
        }
    }

    /** A policy that a run was given. */
    record Entry(long revision, Change change, Instant at, long offset) {}

    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Producer<String, byte[]> producer;
    private final ReadPosition position;
    private final BroadcastProcessor<String> swaps = BroadcastProcessor.create();

    PolicyLog(Producer<String, byte[]> producer, TopicEnds ends, DeadLetters deadLetters) {
        this.producer = producer;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Every change of a run, or of the default, oldest first. */
    List<Entry> history(String runId) throws InterruptedException {
        if (!position.awaitCaughtUp(PATIENCE)) {
            throw new IllegalStateException("topic " + TOPIC + " is not read yet");
        }
        return read(runId);
    }

    synchronized List<Entry> read(String runId) {
        return List.copyOf(entries.getOrDefault(runId, List.of()));
    }

    /** The policy that is in force at a place of the run: that of the highest revision that covers it. */
    static PolicySpec inForce(List<Entry> changes, RunSheet run, Moment.Place place) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i).change;
            if (change.schedule.covers(place)) {
                return change.policy;
            }
        }
        return run.firstPolicy();
    }

    /**
     * Appends a change and reads it back.
     *
     * @return the entry, or null if another change of the same revision came first
     */
    @Nullable
    Entry append(String runId, long replaces, Change change) throws InterruptedException {
        PolicyChange.Builder wire = PolicyWire.toWire(change)
                .setRunId(runId)
                .setRevision(replaces + 1)
                .setReplaces(replaces)
                .setEpochMillis(System.currentTimeMillis());
        long offset;
        try {
            offset = producer.send(
                            new ProducerRecord<>(TOPIC, 0, runId, wire.build().toByteArray()))
                    .get()
                    .offset();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the policy was not stored: " + failed.getCause(), failed);
        }
        if (!position.awaitRead(offset, PATIENCE)) {
            throw new IllegalStateException("the policy was stored but could not be read back");
        }
        return read(runId).stream()
                .filter(entry -> entry.offset == offset)
                .findFirst()
                .orElse(null);
    }

    /** Returns a stream of the runs whose policy is changed from now on, {@link #DEFAULT} for new runs; a slow reader misses all but the last. */
    Multi<String> swaps() {
        return swaps.onOverflow().dropPreviousItems();
    }

    @Incoming(TOPIC)
    synchronized void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(PolicyChange.parseFrom(value), message.offset()));
    }

    private void accept(PolicyChange wire, long offset) {
        boolean ofNewRuns = wire.getRunId().equals(DEFAULT);
        Runs.checkId(ofNewRuns ? "default" : wire.getRunId());
        if (wire.getWho().length() > MOST_OF_NAME) {
            throw new IllegalArgumentException(
                    "who has " + wire.getWho().length() + " characters, allowed is " + MOST_OF_NAME);
        }
        Change change = PolicyWire.fromWire(wire);
        if (ofNewRuns && !change.schedule.equals(Schedule.FOR_GOOD)) {
            throw new IllegalArgumentException("the policy of new runs has a schedule, which only a run's has");
        }
        List<Entry> of = entries.computeIfAbsent(wire.getRunId(), key -> new ArrayList<>());
        if (wire.getReplaces() == of.size() && wire.getRevision() == of.size() + 1) {
            of.add(new Entry(wire.getRevision(), change, Instant.ofEpochMilli(wire.getEpochMillis()), offset));
            swaps.onNext(wire.getRunId());
        }
    }
}
