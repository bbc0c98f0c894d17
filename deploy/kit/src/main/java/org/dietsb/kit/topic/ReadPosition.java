package org.dietsb.kit.topic;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * The position in a topic of one partition that a service reads whole, from its start. The reader of the topic records each message here;
 * a thread that needs the current content of the topic waits here until it has been read. Thread-safe.
 */
public final class ReadPosition {
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(ReadPosition.class);

    private final Counter taken;
    private final DeadLetters.Of deadLetters;
    private final Counter unforeseen;
    private final RareLines unforeseenLines = new RareLines(LOG, Logger.Level.ERROR);
    private final String topic;
    private final TopicEnds ends;
    /** Offset after the last message that has been read. */
    private long next;

    private boolean caughtUp;

    public ReadPosition(String topic, TopicEnds ends, DeadLetters deadLetters) {
        this.topic = topic;
        this.taken = Metrics.counter("dietsb_messages_read", "topic", topic);
        this.deadLetters = deadLetters.of(topic);
        this.unforeseen = Metrics.counter("dietsb_unforeseen_errors", "topic", topic);
        this.ends = ends;
    }

    /** Returns the value of a message; empty for a tombstone of a compacted topic. */
    public static byte[] bytes(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        return value == null ? new byte[0] : value;
    }

    /** Reads the messages of one topic. */
    public interface Reader {
        /**
         * Applies a message completely or not at all.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names it
         */
        void read(byte[] value) throws InvalidProtocolBufferException;
    }

    /** Reads a message and records its position. A malformed message goes to the dead letters and is skipped. */
    public void read(ConsumerRecord<String, byte[]> message, Reader reader) {
        try {
            reader.read(bytes(message));
            taken.increment();
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetters.add(message, poison.getMessage());
        } catch (RuntimeException | Error unexpected) {
            // No message may stop the reading of the topic.
            unforeseen.increment();
            unforeseenLines.log(
                    () -> "Message " + topic + "-" + message.partition() + "@" + message.offset()
                            + " could not be read",
                    unexpected);
            deadLetters.add(message, "unexpected: " + unexpected);
        } finally {
            read(message.offset());
        }
    }

    /** Records that the message at this offset has been read and applied. */
    public synchronized void read(long offset) {
        next = offset + 1;
        notifyAll();
    }

    /** Waits until the message at this offset has been read. Returns false if the timeout expires first. */
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

    /** Waits until everything that the topic holds now has been read. Returns false if the timeout expires first. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        OptionalLong end = ends.of(topic, timeout);
        boolean read = end.isPresent() && awaitRead(end.getAsLong() - 1, timeout);
        if (read) {
            caughtUp();
        }
        return read;
    }

    /** Waits until the topic has been read to its end at least once. Returns false if the timeout expires first. */
    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return wasCaughtUp() || awaitEnd(timeout);
    }

    /** Returns whether the topic has been read to its end at least once. Asks the broker, for about a second, until it has. */
    public boolean isCaughtUp() {
        try {
            return awaitCaughtUp(POLL_TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized boolean wasCaughtUp() {
        return caughtUp;
    }

    private synchronized void caughtUp() {
        caughtUp = true;
    }
}
