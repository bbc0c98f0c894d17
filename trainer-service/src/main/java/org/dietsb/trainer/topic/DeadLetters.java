package org.dietsb.trainer.topic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Topic dead-letters: what a reader of this service could not use goes there. Its key there is its place, so that a message that
 * is met again, at the next start or by another process, replaces its letter. Nobody waits for it: a letter that there is no room
 * for, or that the broker does not take, is counted and logged. Thread-safe.
 */
@Singleton
public class DeadLetters {
    static final String TOPIC = "dead-letters";
    private static final String SERVICE = "trainer";
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    /** Bytes of letters that are under way. */
    private static final int ROOM = 16_777_216;
    /** Bytes of the largest letter: a message as large as brokers take by default, its reason and where it was. */
    private static final int LARGEST = 1_200_000;
    /** Bytes of a letter besides what came, at least. */
    private static final int ENVELOPE = 512;
    /** Characters of a reason, which may repeat what is wrong. */
    private static final int LONGEST_REASON = 1_000;

    private final Producer<String, byte[]> producer;
    private final MeterRegistry registry;
    private final Semaphore room = new Semaphore(ROOM);
    /** The producer waits where it does not know the topic yet. */
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, TOPIC);
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    DeadLetters(ClientSettings kafka, MeterRegistry registry) {
        this(
                new KafkaProducer<>(kafka.with(Map.of(
                        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                        StringSerializer.class,
                        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                        ByteArraySerializer.class,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        LARGEST,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        10_000))),
                registry);
    }

    DeadLetters(Producer<String, byte[]> producer, MeterRegistry registry) {
        this.producer = producer;
        this.registry = registry;
    }

    /** Those of one topic that this service reads. */
    public Of of(String topic) {
        return new Of(topic);
    }

    /** The dead letters of one topic. */
    public final class Of {
        private final String topic;
        private final Counter dead;
        private final Counter lost;

        private Of(String topic) {
            this.topic = topic;
            this.dead = Counter.builder("dietsb_dead_letters")
                    .description("Messages that could not be used")
                    .tag("topic", topic)
                    .register(registry);
            this.lost = Counter.builder("dietsb_dead_letters_lost")
                    .description("Messages that could not be used and are not in topic dead-letters either")
                    .tag("topic", topic)
                    .register(registry);
        }

        /** Puts a message aside; returns at once. */
        public void add(ConsumerRecord<String, byte[]> message, @Nullable String reason) {
            dead.increment();
            String place = topic + "/" + message.partition() + "/" + message.offset();
            LOG.warnf("Message %s (key %s) is a dead letter: %s", place, shortened(message.key()), shortened(reason));
            // Without a value it would delete its letter.
            byte[] value = message.value() == null ? new byte[0] : message.value();
            ProducerRecord<String, byte[]> letter = new ProducerRecord<>(TOPIC, SERVICE + "/" + place, value);
            Headers headers = letter.headers();
            headers.add("reason", bytes(shortened(reason)));
            headers.add("service", bytes(SERVICE));
            headers.add("topic", bytes(topic));
            headers.add("partition", bytes(Integer.toString(message.partition())));
            headers.add("offset", bytes(Long.toString(message.offset())));
            int size = ENVELOPE + value.length;
            if (message.key() != null) {
                byte[] key = bytes(message.key());
                headers.add("key", key);
                size += key.length;
            }
            write(letter, size);
        }

        private void write(ProducerRecord<String, byte[]> letter, int size) {
            if (!room.tryAcquire(size)) {
                lost(letter, "too many are under way");
                return;
            }
            try {
                writer.execute(() -> send(letter, size));
            } catch (RejectedExecutionException closed) {
                room.release(size);
                lost(letter, "this service ends");
            }
        }

        private void send(ProducerRecord<String, byte[]> letter, int size) {
            try {
                var unused = producer.send(letter, (stored, failed) -> {
                    room.release(size);
                    if (failed != null) {
                        lost(letter, failed.getMessage());
                    }
                });
            } catch (KafkaException | IllegalStateException failed) {
                room.release(size);
                lost(letter, failed.getMessage());
            }
        }

        private void lost(ProducerRecord<String, byte[]> letter, @Nullable String why) {
            lost.increment();
            LOG.warnf("Dead letter %s could not be written: %s", letter.key(), why);
        }
    }

    private static String shortened(@Nullable String text) {
        String all = String.valueOf(text);
        return all.length() <= LONGEST_REASON ? all : all.substring(0, LONGEST_REASON) + "...";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes what is under way, for a moment. */
    @PreDestroy
    public void close() throws InterruptedException {
        writer.shutdown();
        if (!writer.awaitTermination(2, TimeUnit.SECONDS)) {
            writer.shutdownNow();
        }
        producer.close(Duration.ofSeconds(2));
    }
}
