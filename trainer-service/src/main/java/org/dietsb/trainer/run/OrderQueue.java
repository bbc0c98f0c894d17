package org.dietsb.trainer.run;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.trainer.topic.ClientSettings;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Topic training-orders: orders go in, and this trainer takes them out one at a time. An order is committed when its run is
 * over, so that it comes again if this trainer dies; until then no other is taken.
 */
@Singleton
class OrderQueue {
    static final String TOPIC = "training-orders";
    static final String DEAD_LETTERS = "training-orders-dead-letters";
    private static final Logger LOG = Logger.getLogger(OrderQueue.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Producer<String, byte[]> producer;
    private final RunExecutor executor;
    private final RunEvents events;
    private final PolicyFeed policies;
    private final Counter deadLetters;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread = new Thread(this::takeOrders, "orders");
    private volatile boolean closing;

    /** The order that is being run, and when it is over. Of the thread alone. */
    private @Nullable Taken taken;

    private record Taken(ConsumerRecord<String, byte[]> message, Future<?> over) {}

    OrderQueue(
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            RunExecutor executor,
            RunEvents events,
            PolicyFeed policies,
            MeterRegistry registry) {
        this.producer = producer;
        this.executor = executor;
        this.events = events;
        this.policies = policies;
        this.deadLetters = Counter.builder("dietsb_dead_letters")
                .description("Messages that could not be used and went to the dead letters")
                .tag("topic", TOPIC)
                .register(registry);
        this.consumer = new KafkaConsumer<>(kafka.with(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                "trainer",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1,
                // A trainer that joins must not take away the order that another is busy with.
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1_000)));
    }

    /** Stores an order; it waits for an idle trainer. */
    void add(TrainingOrder order) throws IOException, InterruptedException {
        byte[] message = OrderWire.toWire(order).toByteArray();
        try {
            producer.send(new ProducerRecord<>(TOPIC, order.runId(), message)).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw new IOException("topic " + TOPIC + " cannot be written: " + failed.getMessage(), failed);
        }
    }

    void start(@Observes StartupEvent event) {
        executor.start();
        thread.start();
    }

    private void takeOrders() {
        try (consumer) {
            // Until all news is read, a run may seem new that is over, and one unswapped that was swapped.
            while (!closing && !(events.isRead() && policies.isRead())) {
                Thread.sleep(20);
            }
            consumer.subscribe(List.of(TOPIC), new StayPaused());
            while (!closing) {
                try {
                    for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                        take(message);
                    }
                    commitIfOver();
                } catch (KafkaException passing) {
                    if (!(passing instanceof WakeupException)) {
                        LOG.warnf("Topic %s cannot be read or committed now: %s", TOPIC, passing.getMessage());
                        Thread.sleep(500);
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(ConsumerRecord<String, byte[]> message) {
        try {
            byte[] value = message.value();
            if (value == null) {
                throw new IllegalArgumentException("a message without a value");
            }
            TrainingOrder order = OrderWire.fromWire(org.dietsb.trainer.wire.TrainingOrder.parseFrom(value));
            taken = new Taken(message, executor.submit(order));
            consumer.pause(consumer.assignment());
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetter(message, String.valueOf(poison.getMessage()));
            commit(message);
        }
    }

    private void commitIfOver() {
        Taken now = taken;
        if (now != null && now.over().isDone()) {
            taken = null;
            consumer.resume(consumer.assignment());
            commit(now.message());
        }
    }

    private void commit(ConsumerRecord<String, byte[]> message) {
        consumer.commitSync(Map.of(
                new TopicPartition(message.topic(), message.partition()), new OffsetAndMetadata(message.offset() + 1)));
    }

    private void deadLetter(ConsumerRecord<String, byte[]> message, String reason) {
        deadLetters.increment();
        String from = TOPIC + "-" + message.partition() + "@" + message.offset();
        LOG.warnf("The order of run %s (%s) is a dead letter: %s", message.key(), from, reason);
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(DEAD_LETTERS, message.key(), message.value());
        letter.headers().add("reason", reason.getBytes(StandardCharsets.UTF_8));
        letter.headers().add("from", from.getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(letter, (stored, failed) -> {
            if (failed != null) {
                LOG.warnf("A dead letter was lost: %s", failed);
            }
        });
    }

    /** Whether orders are being taken. */
    boolean isRunning() {
        return thread.isAlive();
    }

    /** A partition that comes back while a run lasts is paused like the one before. */
    private final class StayPaused implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            // What is not committed comes again, and the later attempt wins.
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            if (taken != null) {
                consumer.pause(assigned);
            }
        }
    }

    /** Stops the run first, which is not committed and comes again; then leaves the group. */
    void shutDown(@Observes ShutdownEvent event) throws InterruptedException {
        executor.shutDown();
        closing = true;
        consumer.wakeup();
        thread.join(10_000);
        producer.flush();
    }
}
