package org.dietsb.selector.swap;

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
    /** Characters of who made a change. */
    private static final int MOST_OF_NAME = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A policy that a run was given. */
    record Entry(long revision, PolicySpec policy, String who, Instant at, long offset) {}

    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Producer<String, byte[]> producer;
    private final ReadPosition position;

    PolicyLog(Producer<String, byte[]> producer, TopicEnds ends, DeadLetters deadLetters) {
        this.producer = producer;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Every change of a run, or of the default ("*"), oldest first. */
    List<Entry> history(String runId) throws InterruptedException {
        if (!position.awaitCaughtUp(PATIENCE)) {
            throw new IllegalStateException("topic " + TOPIC + " is not read yet");
        }
        return read(runId);
    }

    synchronized List<Entry> read(String runId) {
        return List.copyOf(entries.getOrDefault(runId, List.of()));
    }

    /**
     * Appends a change and reads it back.
     *
     * @return the entry, or null if another change of the same revision came first
     */
    @Nullable
    Entry append(String runId, long replaces, PolicySpec policy, String who) throws InterruptedException {
        PolicyChange change = PolicyChange.newBuilder()
                .setRunId(runId)
                .setRevision(replaces + 1)
                .setReplaces(replaces)
                .setPolicy(PolicyWire.toWire(policy))
                .setWho(who)
                .setEpochMillis(System.currentTimeMillis())
                .build();
        long offset;
        try {
            offset = producer.send(new ProducerRecord<>(TOPIC, 0, runId, change.toByteArray()))
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

    @Incoming(TOPIC)
    synchronized void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(PolicyChange.parseFrom(value), message.offset()));
    }

    private void accept(PolicyChange change, long offset) {
        Runs.checkId(change.getRunId().equals("*") ? "default" : change.getRunId());
        if (change.getWho().length() > MOST_OF_NAME) {
            throw new IllegalArgumentException(
                    "who has " + change.getWho().length() + " characters, allowed is " + MOST_OF_NAME);
        }
        PolicySpec policy = PolicyWire.fromWire(change.getPolicy());
        List<Entry> of = entries.computeIfAbsent(change.getRunId(), key -> new ArrayList<>());
        if (change.getReplaces() == of.size() && change.getRevision() == of.size() + 1) {
            of.add(new Entry(
                    change.getRevision(),
                    policy,
                    change.getWho(),
                    Instant.ofEpochMilli(change.getEpochMillis()),
                    offset));
        }
    }
}
