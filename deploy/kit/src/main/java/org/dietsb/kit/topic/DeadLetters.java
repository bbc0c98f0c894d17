package org.dietsb.kit.topic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages that a reader of this service could not use to topic dead-letters. The key of a dead letter is the place of its message,
 * so a message that is read again, after a restart or by another process, replaces its letter. Readers never wait for this topic: a letter
 * that exceeds the limit of letters in flight, or that the broker does not accept, is counted and logged. Thread-safe.
 */
@Singleton
public class DeadLetters {
    static final String TOPIC = "dead-letters";
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    /** Maximum bytes of letters in flight. */
    private static final int ROOM = 16_777_216;
    /** Maximum bytes of a letter: the largest message that brokers accept by default, with its reason and place. */
    private static final int LARGEST = 1_200_000;
    /** Bytes of a letter in addition to its message, at least. */
    private static final int ENVELOPE = 512;
    /** Maximum characters of a reason or key in a log line or header: a reason may quote the message. */
    private static final int LONGEST_REASON = 1_000;

    private final String service;
    private final BackgroundProducer producer;
    private final MeterRegistry registry;
    private final Semaphore room = new Semaphore(ROOM);

    @Inject
    DeadLetters(ClientSettings kafka, ServiceTopics service, MeterRegistry registry) {
        this(
                service.service(),
                BackgroundProducer.producer(kafka, Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST)),
                registry);
    }

    DeadLetters(String service, Producer<String, byte[]> producer, MeterRegistry registry) {
        this.service = service;
        this.producer = new BackgroundProducer(TOPIC, producer);
        this.registry = registry;
    }

    /** Returns the dead letters of one topic that this service reads. */
    public Of of(String topic) {
        return new Of(topic);
    }

    /** The dead letters of one topic. */
    public final class Of {
        private final String topic;
        private final Counter dead;
        private final Counter lost;
        private final RareLines deadLines = new RareLines(LOG, Logger.Level.WARN);
        private final RareLines lostLines = new RareLines(LOG, Logger.Level.WARN);

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

        /** Writes a message to topic dead-letters and returns at once. */
        public void add(ConsumerRecord<String, byte[]> message, @Nullable String reason) {
            dead.increment();
            String place = topic + "/" + message.partition() + "/" + message.offset();
            String why = shortened(reason);
            deadLines.log(
                    () -> "Message " + place + " (key " + shortened(message.key()) + ") is a dead letter: " + why);
            // A record without a value would delete the letter with its key.
            byte[] value = message.value() == null ? new byte[0] : message.value();
            ProducerRecord<String, byte[]> letter = new ProducerRecord<>(TOPIC, service + "/" + place, value);
            Headers headers = letter.headers();
            headers.add("reason", bytes(why));
            headers.add("service", bytes(service));
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
                lost(letter, "too many are in flight");
                return;
            }
            if (!producer.execute(() -> producer.send(letter, failure -> sent(letter, size, failure)))) {
                room.release(size);
                lost(letter, "this service is shutting down");
            }
        }

        private void sent(ProducerRecord<String, byte[]> letter, int size, @Nullable Exception failure) {
            room.release(size);
            if (failure != null) {
                lost(letter, failure.getMessage());
            }
        }

        private void lost(ProducerRecord<String, byte[]> letter, @Nullable String why) {
            lost.increment();
            lostLines.log(() -> "Dead letter " + letter.key() + " could not be written: " + why);
        }
    }

    private static String shortened(@Nullable String text) {
        String all = String.valueOf(text);
        return all.length() <= LONGEST_REASON ? all : all.substring(0, LONGEST_REASON) + "...";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes what is waiting, for a few seconds at most. */
    @PreDestroy
    public void close() throws InterruptedException {
        producer.close();
    }
}
