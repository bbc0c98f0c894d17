package org.dietsb.selector.mask;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.topic.ClientSettings;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * From topic batch-losses to topic backprop-masks, on the same partition number, in one thread. A plain consumer and
 * producer: this hop is paid for every batch of every run.
 */
@ApplicationScoped
class MaskLoop {
    static final String LOSSES = "batch-losses";
    static final String MASKS = "backprop-masks";
    static final String DEAD_LETTERS = "batch-losses-dead-letters";
    private static final Logger LOG = Logger.getLogger(MaskLoop.class);
    private static final long BETWEEN_COMMITS_MILLIS = 1_000;

    private final ClientSettings kafka;
    private final Producer<String, byte[]> producer;
    private final ScoreSets scoreSets;
    private final SelectorConfig config;
    private final SelectorMeters meters;
    private final Map<Integer, MaskAnswers> partitions = new ConcurrentHashMap<>();
    private final Room room;
    private final Thread thread = new Thread(this::loop, "masks");
    private final KafkaConsumer<String, byte[]> consumer;

    MaskLoop(
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            ScoreSets scoreSets,
            SelectorConfig config,
            SelectorMeters meters) {
        this.kafka = kafka;
        this.producer = producer;
        this.scoreSets = scoreSets;
        this.config = config;
        this.meters = meters;
        this.room = new Room(config, Runtime.getRuntime().maxMemory(), partitions.values());
        this.consumer = newConsumer();
    }

    private KafkaConsumer<String, byte[]> newConsumer() {
        return new KafkaConsumer<>(kafka.with(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                "selector",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                // A run that opens while this consumer joins must not be missed; answers to attempts long gone are
                // ignored.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // What stays here when another selector joins keeps its runs' state.
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1_000)));
    }

    void start(@Observes StartupEvent event) {
        meters.watchRuns(
                () -> partitions.values().stream().mapToInt(MaskAnswers::runs).sum());
        thread.start();
    }

    private void loop() {
        try (KafkaConsumer<String, byte[]> reading = consumer) {
            reading.subscribe(List.of(LOSSES), new Forgetting());
            long committed = System.currentTimeMillis();
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    ConsumerRecords<String, byte[]> received = reading.poll(Duration.ofMillis(500));
                    // What came together is answered together: the producer then needs few requests for many answers.
                    List<ProducerRecord<String, byte[]>> due = new ArrayList<>();
                    for (ConsumerRecord<String, byte[]> message : received) {
                        answer(message).ifPresent(due::add);
                    }
                    due.forEach(this::send);
                    long now = System.currentTimeMillis();
                    if (now - committed > BETWEEN_COMMITS_MILLIS) {
                        // What is committed is never read again: its answers must be stored by then.
                        producer.flush();
                        reading.commitAsync();
                        partitions.values().forEach(answers -> answers.forget(now));
                        committed = now;
                    }
                } catch (WakeupException closing) {
                    break;
                } catch (KafkaException passing) {
                    LOG.warnf("Losses cannot be read now: %s", passing.getMessage());
                    Thread.sleep(500);
                }
            }
            producer.flush();
            reading.commitSync(Duration.ofSeconds(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (KafkaException failed) {
            LOG.warnf("The last offsets were not committed: %s", failed.getMessage());
        }
    }

    /** What is to be sent; empty where nothing is due, or where it cannot be answered and is a dead letter now. */
    private Optional<ProducerRecord<String, byte[]>> answer(ConsumerRecord<String, byte[]> received) {
        long started = System.nanoTime();
        try {
            byte[] value = received.value();
            if (value == null) {
                throw new PoisonException("a message without a value");
            }
            LossMessage message = LossMessage.parseFrom(value);
            MaskMessage answer = partitions
                    .computeIfAbsent(
                            received.partition(), partition -> new MaskAnswers(scoreSets::find, config, room, meters))
                    .answer(message, received.offset(), System.currentTimeMillis());
            if (answer != null) {
                meters.answered(started);
                return Optional.of(
                        new ProducerRecord<>(MASKS, received.partition(), message.getRunId(), answer.toByteArray()));
            }
        } catch (InvalidProtocolBufferException | PoisonException poison) {
            deadLetter(received, String.valueOf(poison.getMessage()));
        } catch (KafkaException broken) {
            throw broken;
        } catch (RuntimeException unexpected) {
            LOG.errorf(unexpected, "A message of run %s could not be answered", received.key());
            deadLetter(received, "unexpected: " + unexpected);
        }
        return Optional.empty();
    }

    private void send(ProducerRecord<String, byte[]> answer) {
        var unused = producer.send(answer, (stored, failed) -> {
            if (failed != null) {
                LOG.warnf("An answer to run %s was lost: %s", answer.key(), failed.getMessage());
            }
        });
    }

    private void deadLetter(ConsumerRecord<String, byte[]> received, String reason) {
        meters.deadLetter();
        LOG.warnf(
                "A message of run %s (%s-%d@%d%s) is a dead letter: %s",
                received.key(), LOSSES, received.partition(), received.offset(), batchOf(received.value()), reason);
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(DEAD_LETTERS, received.key(), received.value());
        letter.headers().add("reason", reason.getBytes(StandardCharsets.UTF_8));
        letter.headers()
                .add(
                        "from",
                        (LOSSES + "-" + received.partition() + "@" + received.offset())
                                .getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(letter, (stored, failed) -> {
            if (failed != null) {
                LOG.warnf("A dead letter was lost: %s", failed.getMessage());
            }
        });
    }

    private static String batchOf(byte @Nullable [] value) {
        try {
            LossMessage message = LossMessage.parseFrom(value == null ? new byte[0] : value);
            return message.hasBatchLosses()
                    ? ", epoch " + message.getBatchLosses().getEpoch() + ", batch "
                            + message.getBatchLosses().getBatch()
                    : "";
        } catch (InvalidProtocolBufferException unreadable) {
            return "";
        }
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** What another selector now answers is forgotten here. */
    private final class Forgetting implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            try {
                producer.flush();
                consumer.commitSync(Duration.ofSeconds(5));
            } finally {
                onPartitionsLost(revoked);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            lost.forEach(place -> partitions.remove(place.partition()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            LOG.infof("Answering %d partitions of %s", assigned.size(), LOSSES);
        }
    }

    void shutDown(@Observes ShutdownEvent event) throws InterruptedException {
        consumer.wakeup();
        thread.join(10_000);
    }
}
