package org.dietsb.scorer.topic;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * How far a topic of one partition has been read by a service that reads it whole, from its start. Its reader notes each
 * message here; whoever needs to know what the topic says now waits here until that has been read. Thread-safe.
 */
public final class ReadPosition {
    private static final Logger LOG = Logger.getLogger(ReadPosition.class);

    private final Counter taken;
    private final DeadLetters.Of deadLetters;
    private final Counter unforeseen;
    private final String topic;
    private final TopicEnds ends;
    /** Offset after the last message that was read. */
    private long next;

    private boolean caughtUp;

    public ReadPosition(String topic, TopicEnds ends, DeadLetters deadLetters) {
        this.topic = topic;
        this.taken = Metrics.counter("dietsb_messages_read", "topic", topic);
        this.deadLetters = deadLetters.of(topic);
        this.unforeseen = Metrics.counter("dietsb_unforeseen_errors", "topic", topic);
        this.ends = ends;
    }

    /** What a message holds: a compacted topic's tombstone nothing, as an empty one does. */
    public static byte[] bytes(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        return value == null ? new byte[0] : value;
    }

    /** What a service makes of a message. */
    public interface Reader {
        /**
         * Takes it in, whole or not at all.
         *
         * @throws IllegalArgumentException naming what is out of its range
         */
        void read(byte[] value) throws InvalidProtocolBufferException;
    }

    /** Has a message read; one that is none is a dead letter and passed over. */
    public void read(ConsumerRecord<String, byte[]> message, Reader reader) {
        try {
            reader.read(bytes(message));
            taken.increment();
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetters.add(message, poison.getMessage());
        } catch (RuntimeException unexpected) {
            // Whatever it was, the topic goes on.
            unforeseen.increment();
            LOG.errorf(unexpected, "Message %s-%d@%d could not be read", topic, message.partition(), message.offset());
            deadLetters.add(message, "unexpected: " + unexpected);
        } finally {
            read(message.offset());
        }
    }

    /** The message at this offset has been read, and what it says is known. */
    public synchronized void read(long offset) {
        next = offset + 1;
        notifyAll();
    }

    /** Waits until the message at this offset has been read; false if that took too long. */
    public synchronized boolean awaitRead(long offset, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (next <= offset) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Waits until what is in the topic now has been read; false if that took too long. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        OptionalLong end = ends.of(topic, timeout);
        boolean read = end.isPresent() && awaitRead(end.getAsLong() - 1, timeout);
        if (read) {
            caughtUp();
        }
        return read;
    }

    /** Waits until this reader has once read the topic to its end; false if that took too long. */
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return isCaughtUp() || awaitEnd(timeout);
    }

    private synchronized boolean isCaughtUp() {
        return caughtUp;
    }

    private synchronized void caughtUp() {
        caughtUp = true;
    }
}
