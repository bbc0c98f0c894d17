package org.dietsb.trainer.run;

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
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's earlier attempts stamped which revision: a later attempt stamps the same, up to where they got, so that it
 * trains what they would have trained. What an attempt wrote after a later one was opened does not count.
 */
final class Stamps {
    private static final Logger LOG = Logger.getLogger(Stamps.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** Clocks of two machines may differ by so much. */
    private static final long CLOCKS_MILLIS = 600_000;

    /** A place in the run, as they follow one another: the opening of an epoch is batch -1. */
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
     * Reads those of the run, up to what is there now.
     *
     * @param sinceMillis when it was ordered
     */
    static Stamps read(ClientSettings kafka, String runId, int partition, long sinceMillis) {
        Stamps stamps = new Stamps();
        Map<String, Object> settings = kafka.with(Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
        TopicPartition place = new TopicPartition(KafkaLossLog.TOPIC, partition);
        try (Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(place, Math.max(0, sinceMillis - CLOCKS_MILLIS)))
                    .get(place);
            consumer.seek(place, first == null ? end : first.offset());
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
            LOG.debugf("A message of run %s was passed over: %s", message.key(), poison.getMessage());
        }
    }

    void add(LossMessage message, long offset) {
        if (message.hasAttemptOpened()) {
            attempt = offset;
        } else if (message.getAttempt() == attempt && message.hasEpochOpened()) {
            var opened = message.getEpochOpened();
            add(new Place(opened.getEpoch(), -1), opened.getRevision(), opened.hasPolicy() ? opened.getPolicy() : null);
        } else if (message.getAttempt() == attempt && message.hasBatchLosses()) {
            var batch = message.getBatchLosses();
            add(
                    new Place(batch.getEpoch(), batch.getBatch()),
                    batch.getRevision(),
                    batch.hasPolicy() ? batch.getPolicy() : null);
        }
    }

    private void add(Place place, long revision, @Nullable Policy policy) {
        revisions.put(place, revision);
        if (policy != null) {
            policies.put(revision, policy);
        }
    }

    /** Whether there was an earlier attempt. */
    boolean hasAttempt() {
        return attempt >= 0;
    }

    /**
     * What is to be stamped after a barrier, in order, one for each epoch that is opened and each batch that is announced.
     *
     * @param epoch of the barrier; 0 = all from the beginning
     * @param batches of it that are over
     * @throws IllegalArgumentException if a policy is of a kind this version does not know
     */
    Deque<StampedPolicy> after(int epoch, int batches) {
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
