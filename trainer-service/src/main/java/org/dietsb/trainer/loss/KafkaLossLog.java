package org.dietsb.trainer.loss;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.trainer.mask.Policy;
import org.dietsb.trainer.mask.PolicyWire;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TimedOut;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes one attempt to topic batch-losses. A plain producer, because the attempt's number is the offset of its first
 * message, and because the run keeps to the partition whose answers it already listens to.
 */
public final class KafkaLossLog implements LossLog, AutoCloseable {
    public static final String TOPIC = "batch-losses";
    private static final Logger LOG = Logger.getLogger(KafkaLossLog.class);

    private final KafkaProducer<String, byte[]> producer;
    private final String runId;
    private final int partition;
    private final long attempt;

    private KafkaLossLog(KafkaProducer<String, byte[]> producer, String runId, int partition, long attempt) {
        this.producer = producer;
        this.runId = runId;
        this.partition = partition;
        this.attempt = attempt;
    }

    /** Writes AttemptOpened and waits until it is stored: its offset is the attempt's number. */
    public static KafkaLossLog open(String bootstrapServers, String runId, int partition, AttemptOpened opened)
            throws InterruptedException {
        KafkaProducer<String, byte[]> producer = new KafkaProducer<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                0));
        byte[] message = LossMessage.newBuilder()
                .setRunId(runId)
                .setAttemptOpened(opened)
                .build()
                .toByteArray();
        try {
            RecordMetadata stored = producer.send(new ProducerRecord<>(TOPIC, partition, runId, message))
                    .get();
            return new KafkaLossLog(producer, runId, partition, stored.offset());
        } catch (ExecutionException failed) {
            producer.close();
            throw new IllegalStateException("cannot write to topic " + TOPIC + ": " + failed.getCause(), failed);
        }
    }

    public long attempt() {
        return attempt;
    }

    @Override
    public void openEpoch(int epoch, long revision, @Nullable Policy policy) {
        EpochOpened.Builder opened = EpochOpened.newBuilder().setEpoch(epoch).setRevision(revision);
        if (policy != null) {
            opened.setPolicy(PolicyWire.toWire(policy));
        }
        send(message().setEpochOpened(opened));
    }

    @Override
    public void announce(Announcement announcement) {
        BatchLosses.Builder batch = BatchLosses.newBuilder()
                .setEpoch(announcement.epoch())
                .setBatch(announcement.batch())
                .setRevision(announcement.revision())
                .setWhole(announcement.whole());
        for (int index : announcement.indices()) {
            batch.addIndices(index);
        }
        float[] losses = announcement.losses();
        if (losses != null) {
            for (float loss : losses) {
                batch.addLosses(loss);
            }
        }
        Policy policy = announcement.policy();
        if (policy != null) {
            batch.setPolicy(PolicyWire.toWire(policy));
        }
        for (TimedOutBatch timedOut : announcement.timedOut()) {
            batch.addTimedOut(TimedOut.newBuilder()
                    .setEpoch(timedOut.epoch())
                    .setBatch(timedOut.batch())
                    .setDone(toWire(timedOut.done())));
        }
        send(message().setBatchLosses(batch));
    }

    public static TrainingOrder.OnTimeout toWire(OnTimeout done) {
        return switch (done) {
            case WHOLE -> TrainingOrder.OnTimeout.WHOLE;
            case RANDOM -> TrainingOrder.OnTimeout.RANDOM_AT_LAST_KEEP;
            case WAIT -> TrainingOrder.OnTimeout.WAIT;
        };
    }

    @Override
    public void close(String reason) {
        send(message().setAttemptClosed(AttemptClosed.newBuilder().setReason(reason)));
        close();
    }

    @Override
    public void close() {
        try {
            producer.close(Duration.ofSeconds(5));
        } catch (InterruptException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private LossMessage.Builder message() {
        return LossMessage.newBuilder().setRunId(runId).setAttempt(attempt);
    }

    private void send(LossMessage.Builder message) {
        producer.send(
                new ProducerRecord<>(TOPIC, partition, runId, message.build().toByteArray()), (stored, failed) -> {
                    if (failed != null) {
                        LOG.warnf("A message of run %s, attempt %d was not stored: %s", runId, attempt, failed);
                    }
                });
    }
}
