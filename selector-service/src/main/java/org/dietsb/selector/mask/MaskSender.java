package org.dietsb.selector.mask;

import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.dietsb.kit.topic.RareLines;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends answers and records, and remembers the partitions of batch-losses of which something was not stored: their runs are to be
 * rebuilt and their last answers to be sent again. Thread-safe.
 */
final class MaskSender {
    static final String MASKS = "backprop-masks";
    private static final Logger LOG = Logger.getLogger(MaskSender.class);
    private static final RareLines UNSTORABLE = new RareLines(LOG, Logger.Level.ERROR);
    private static final RareLines LOST = new RareLines(LOG, Logger.Level.WARN);

    private final Producer<String, byte[]> producer;
    private final SelectorMeters meters;
    private final Set<TopicPartition> lost = ConcurrentHashMap.newKeySet();
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

    private record Refusal(TopicPartition from, MaskMessage answer) {}

    MaskSender(Producer<String, byte[]> producer, SelectorMeters meters) {
        this.producer = producer;
        this.meters = meters;
    }

    /** Sends an answer to messages of this partition, on the same partition number. */
    void send(TopicPartition from, MaskMessage answer) {
        send(from, new ProducerRecord<>(MASKS, from.partition(), answer.getRunId(), answer.toByteArray()), answer);
    }

    /** Sends a record, to be stored before anything behind it is committed. */
    void store(TopicPartition from, MaskRecord record) {
        send(from, new ProducerRecord<>(MaskRecords.TOPIC, 0, MaskRecords.key(record), record.toByteArray()), null);
    }

    /** Refuses what answers replied to that are too large to be stored, until now. */
    void refuseUnstorable() {
        for (Refusal one = refusals.poll(); one != null; one = refusals.poll()) {
            send(one.from, one.answer);
        }
    }

    private void send(TopicPartition from, ProducerRecord<String, byte[]> message, @Nullable MaskMessage answer) {
        var unused = producer.send(message, (stored, failed) -> {
            if (failed instanceof RecordTooLargeException) {
                meters.unstorable(message.topic());
                UNSTORABLE.log(() -> "Message to " + message.topic() + ", key " + message.key() + ", cannot be stored: "
                        + failed.getMessage());
                if (answer != null) {
                    Answer.unstorable(answer, failed.getMessage())
                            .ifPresent(refusal -> refusals.add(new Refusal(from, refusal)));
                }
            } else if (failed != null) {
                LOST.log(() -> "Message to " + message.topic() + ", key " + message.key() + ", is not stored yet: "
                        + failed.getMessage());
                lost.add(from);
            }
        });
    }

    /** Waits until everything that was sent is stored or lost. */
    void flush() {
        producer.flush();
    }

    /** Has the runs of these partitions rebuilt. */
    void lose(Collection<TopicPartition> places) {
        lost.addAll(places);
    }

    boolean hasLost(TopicPartition place) {
        return lost.contains(place);
    }

    /** Returns the partitions of which something was lost since the last call. */
    Set<TopicPartition> takeLost() {
        Set<TopicPartition> taken = Set.copyOf(lost);
        lost.removeAll(taken);
        return taken;
    }
}
