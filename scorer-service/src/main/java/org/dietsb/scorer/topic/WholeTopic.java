package org.dietsb.scorer.topic;

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
            long end = -1;
            while (!closing) {
                try {
                    for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                        listener.read(message);
                    }
                    if (caughtUp.getCount() > 0) {
                        end = end < 0 ? consumer.endOffsets(List.of(place)).getOrDefault(place, 0L) : end;
                        if (consumer.position(place) >= end) {
                            caughtUp.countDown();
                        }
                    }
                } catch (WakeupException closed) {
                    return;
                } catch (KafkaException passing) {
                    LOG.warnf("Topic %s cannot be read now: %s", place.topic(), passing.getMessage());
                }
            }
        }
    }

    /** Whether everything that was there at the start has been read. */
    public boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
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
