package org.dietsb.selector.mask;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

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

    private final String bootstrapServers;
    private final Producer<String, byte[]> producer;
    private final ScoreSets scoreSets;
    private final SelectorConfig config;
    private final SelectorMeters meters;
    private final Map<Integer, MaskAnswers> partitions = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::loop, "masks");
    private final KafkaConsumer<String, byte[]> consumer;

    MaskLoop(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            Producer<String, byte[]> producer,
            ScoreSets scoreSets,
            SelectorConfig config,
            SelectorMeters meters) {
        this.bootstrapServers = bootstrapServers;
        this.producer = producer;
        this.scoreSets = scoreSets;
        this.config = config;
        this.meters = meters;
        this.consumer = newConsumer();
    }

    private KafkaConsumer<String, byte[]> newConsumer() {
        return new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.GROUP_ID_CONFIG,
                "selector",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1_000));
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
                    for (ConsumerRecord<String, byte[]> message : received) {
                        answer(message);
                    }
                    long now = System.currentTimeMillis();
                    if (now - committed > BETWEEN_COMMITS_MILLIS) {
                        reading.commitAsync();
                        partitions.values().forEach(answers -> answers.forget(now));
                        committed = now;
                    }
                } catch (WakeupException closing) {
                    break;
                } catch (KafkaException passing) {
                    LOG.warnf("Losses cannot be read now: %s", passing.getMessage());
                }
            }
            producer.flush();
            reading.commitSync(Duration.ofSeconds(5));
        } catch (KafkaException failed) {
            LOG.warnf("The last offsets were not committed: %s", failed.getMessage());
        }
    }

    private void answer(ConsumerRecord<String, byte[]> received) {
        long started = System.nanoTime();
        try {
            LossMessage message = LossMessage.parseFrom(received.value());
            MaskMessage answer = partitions
                    .computeIfAbsent(received.partition(), partition -> new MaskAnswers(scoreSets, config, meters))
                    .answer(message, received.offset(), System.currentTimeMillis());
            if (answer != null) {
                producer.send(
                        new ProducerRecord<>(MASKS, received.partition(), message.getRunId(), answer.toByteArray()));
                meters.answered(started);
            }
        } catch (InvalidProtocolBufferException | PoisonException poison) {
            deadLetter(received, String.valueOf(poison.getMessage()));
        }
    }

    private void deadLetter(ConsumerRecord<String, byte[]> received, String reason) {
        meters.deadLetter();
        LOG.warnf(
                "A message of run %s (%s-%d@%d) is a dead letter: %s",
                received.key(), LOSSES, received.partition(), received.offset(), reason);
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(DEAD_LETTERS, received.key(), received.value());
        letter.headers().add("reason", reason.getBytes(StandardCharsets.UTF_8));
        letter.headers()
                .add(
                        "from",
                        (LOSSES + "-" + received.partition() + "@" + received.offset())
                                .getBytes(StandardCharsets.UTF_8));
        producer.send(letter);
    }

    /** What another selector now answers is forgotten here. */
    private final class Forgetting implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            revoked.forEach(place -> partitions.remove(place.partition()));
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
