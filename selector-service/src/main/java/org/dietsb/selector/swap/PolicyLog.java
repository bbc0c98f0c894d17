package org.dietsb.selector.swap;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.policy.Change;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.PolicyChains;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.UnreadException;
import org.dietsb.selector.wire.PolicyChange;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Topic selector-policies, read whole and appended to. A change has taken effect when it was read back. Thread-safe. */
@ApplicationScoped
class PolicyLog {
    static final String TOPIC = "selector-policies";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PolicyChains chains = new PolicyChains();
    private final Producer<String, byte[]> producer;
    private final ReadPosition position;
    private final BroadcastProcessor<String> swaps = BroadcastProcessor.create();

    PolicyLog(Producer<String, byte[]> producer, TopicEnds ends, DeadLetters deadLetters) {
        this.producer = producer;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Returns the policies of a run, or of {@link PolicyChain#NEW_RUNS}, once the topic is read. */
    PolicyChain history(String runId) throws InterruptedException {
        if (!position.awaitCaughtUp(PATIENCE)) {
            throw new UnreadException("topic " + TOPIC + " is not read yet").unchecked();
        }
        return read(runId);
    }

    /** Returns the policies of a run as far as they are read. */
    PolicyChain read(String runId) {
        return chains.of(runId);
    }

    /**
     * Appends a change and reads it back.
     *
     * @return the entry; empty if another change took its revision first
     */
    Optional<PolicyChain.Entry> append(String runId, long replaces, Change change) throws InterruptedException {
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
            throw new UnreadException("the policy was not stored", failed).unchecked();
        }
        if (!position.awaitRead(offset, PATIENCE)) {
            throw new UnreadException("the policy was stored but could not be read back").unchecked();
        }
        return read(runId).entry(replaces + 1).filter(entry -> entry.offset() == offset);
    }

    /** Returns a stream of the runs whose policy is changed from now on, or {@link PolicyChain#NEW_RUNS}; a slow reader misses all but the last. */
    Multi<String> swaps() {
        return swaps.onOverflow().dropPreviousItems();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(PolicyChange.parseFrom(value), message.offset()));
    }

    private void accept(PolicyChange change, long offset) {
        PolicyChain.Outcome outcome = chains.accept(change, offset);
        if (outcome instanceof PolicyChain.Outcome.Accepted) {
            swaps.onNext(change.getRunId());
        } else if (outcome instanceof PolicyChain.Outcome.PassedOver passedOver) {
            // Counted, logged and put aside as a dead letter.
            throw new IllegalArgumentException(passedOver.reason());
        }
    }
}
