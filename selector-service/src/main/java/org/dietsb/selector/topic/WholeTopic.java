package org.dietsb.selector.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;

/** Reads a topic of one partition from its start, for ever, group-less, in a thread of its own. */
public final class WholeTopic implements AutoCloseable {

    /** Hears every record, in order, on the reader's thread. */
    public interface Listener {
        void read(ConsumerRecord<String, byte[]> message);
    }

    private static final Logger LOG = Logger.getLogger(WholeTopic.class);
    private final TopicPartition place;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Listener listener;
    private final Thread thread;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final Object turns = new Object();
    /** How often the end was asked for, and which of these questions the reader has caught up with. */
    private long asked;

    private long answered;
    private volatile boolean closing;

    public WholeTopic(String bootstrapServers, String topic, Listener listener) {
        this.place = new TopicPartition(topic, 0);
        this.listener = listener;
        this.consumer = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false));
        this.thread = new Thread(this::readOn, "reader-of-" + topic);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    private void readOn() {
        try (consumer) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            while (!closing) {
                try {
                    boolean awaited = caughtUp.getCount() > 0 || isAsked();
                    for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(awaited ? 0 : 50))) {
                        hear(message);
                    }
                    if (awaited) {
                        readToTheEnd();
                    }
                } catch (WakeupException closed) {
                    return;
                } catch (KafkaException passing) {
                    LOG.warnf("Topic %s cannot be read now: %s", place.topic(), passing.getMessage());
                    pause();
                }
            }
        }
    }

    private void readToTheEnd() {
        long question;
        synchronized (turns) {
            question = asked;
        }
        long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
        while (!closing && consumer.position(place) < end) {
            consumer.poll(Duration.ofMillis(50)).forEach(this::hear);
        }
        caughtUp.countDown();
        synchronized (turns) {
            answered = question;
            turns.notifyAll();
        }
    }

    private boolean isAsked() {
        synchronized (turns) {
            return asked > answered;
        }
    }

    private void hear(ConsumerRecord<String, byte[]> message) {
        try {
            listener.read(message);
        } catch (RuntimeException unexpected) {
            LOG.warnf(unexpected, "Message %s@%d was passed over", place, message.offset());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether everything that was there at the start has been read. */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    /** Waits until what is in the topic now has been read; false if that took too long. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (turns) {
            long question = ++asked;
            while (answered < question) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                turns.wait(left);
            }
        }
        return true;
    }

    public boolean awaitCaughtUp(Duration timeout) throws InterruptedException {
        return caughtUp.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
