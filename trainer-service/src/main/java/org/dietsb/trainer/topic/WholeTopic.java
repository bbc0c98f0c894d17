package org.dietsb.trainer.topic;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicPartition place;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean caughtUp;

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
                    end = end < 0 ? consumer.endOffsets(List.of(place)).getOrDefault(place, 0L) : end;
                    for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                        hand(message);
                    }
                    caughtUp = caughtUp || consumer.position(place) >= end;
                } catch (WakeupException closed) {
                    return;
                } catch (KafkaException passing) {
                    LOG.warnf("Topic %s cannot be read now: %s", place.topic(), passing.getMessage());
                    Thread.sleep(POLL.toMillis());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One message that its listener cannot take must not end the reading of all that follow. */
    private void hand(ConsumerRecord<String, byte[]> message) {
        try {
            listener.read(message);
        } catch (RuntimeException failed) {
            LOG.errorf(failed, "A message of topic %s at offset %d was passed over", place.topic(), message.offset());
        }
    }

    /** Whether everything that was there at the start has been read. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** What a message holds: a compacted topic's tombstone nothing, as an empty one does. */
    public static byte[] bytes(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        return value == null ? new byte[0] : value;
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
