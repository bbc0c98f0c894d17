package org.dietsb.trainer.policy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The policy revisions that earlier attempts of a run stamped on epochs and batches. A later attempt stamps the same revisions as far
 * as they got, so that it trains what they would have trained. Messages that an attempt wrote after a later one was opened are ignored.
 */
public final class Stamps {
    private static final Logger LOG = Logger.getLogger(Stamps.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** Maximum difference between the clocks of two machines: Kafka rejects messages from further ahead. */
    private static final long CLOCKS_MILLIS = 3_600_000;

    /** A place in the run, in order; the opening of an epoch is batch -1. */
    private record Place(int epoch, int batch) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return epoch == other.epoch ? Integer.compare(batch, other.batch) : Integer.compare(epoch, other.epoch);
        }
    }

    private final TreeMap<Place, Long> revisions = new TreeMap<>();
    private final Map<Long, Policy> policies = new HashMap<>();
    private long attempt = -1;

    /**
     * Reads the stamps of a run up to the current end of the log.
     *
     * @param sinceMillis when it was ordered, by the clock of the trainer that stored the order
     * @param attempt its last attempt so far, which tells if that clock is ahead of the broker's; -1 = unknown
     */
    public static Stamps read(ClientSettings kafka, String runId, int partition, long sinceMillis, long attempt) {
        Stamps stamps = new Stamps();
        Map<String, Object> settings = kafka.with(Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        TopicPartition place = new TopicPartition(kafka.at(KafkaLossLog.TOPIC), partition);
        try (Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(place, Math.max(0, sinceMillis - CLOCKS_MILLIS)))
                    .get(place);
            long from = first == null ? end : first.offset();
            if (from <= attempt || attempt < 0) {
                consumer.seek(place, from);
            } else {
                consumer.seekToBeginning(List.of(place));
            }
            while (consumer.position(place) < end) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                    if (runId.equals(message.key()) && message.offset() < end) {
                        stamps.read(message);
                    }
                }
            }
        }
        return stamps;
    }

    private void read(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        try {
            add(LossMessage.parseFrom(value == null ? new byte[0] : value), message.offset());
        } catch (InvalidProtocolBufferException poison) {
            LOG.debugf("Skipped a message of run %s: %s", message.key(), poison.getMessage());
        }
    }

    void add(LossMessage message, long offset) {
        if (message.hasAttemptOpened()) {
            attempt = offset;
        } else if (message.getAttempt() == attempt && message.hasEpochOpened()) {
            var opened = message.getEpochOpened();
            add(new Place(opened.getEpoch(), -1), opened.getRevision(), opened.hasPolicy() ? opened.getPolicy() : null);
        } else if (message.getAttempt() == attempt && message.hasBatchLosses()) {
            add(message.getBatchLosses());
        } else if (message.getAttempt() == attempt && message.hasBatchSpan()) {
            message.getBatchSpan().getBatchesList().forEach(this::add);
        }
    }

    private void add(BatchLosses batch) {
        add(
                new Place(batch.getEpoch(), batch.getBatch()),
                batch.getRevision(),
                batch.hasPolicy() ? batch.getPolicy() : null);
    }

    private void add(Place place, long revision, @Nullable Policy policy) {
        revisions.put(place, revision);
        if (policy != null) {
            policies.put(revision, policy);
        }
    }

    /**
     * Returns the stamps after a barrier, in order, one for each epoch that is opened and each batch that is announced.
     *
     * @param epoch epoch of the barrier; 0 = all stamps from the beginning
     * @param batches number of batches of it that are done
     * @throws IllegalArgumentException if a policy is of a kind that is unknown to this version
     */
    public Deque<StampedPolicy> after(int epoch, int batches) {
        Deque<StampedPolicy> after = new ArrayDeque<>();
        for (Map.Entry<Place, Long> stamp :
                revisions.tailMap(new Place(epoch, batches), true).entrySet()) {
            Policy policy = policies.get(stamp.getValue());
            if (policy == null) {
                break;
            }
            after.add(new StampedPolicy(stamp.getValue(), PolicyWire.fromWire(policy)));
        }
        return after;
    }
}
