package org.dietsb.selector.mask;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that are assigned to this selector. The runs of one that is assigned are rebuilt from the log; those of one that is
 * revoked are forgotten. Changed by the consumer's thread alone; others may count.
 */
final class Partitions implements ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(Partitions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long BETWEEN_LOOKS_NANOS = 50_000_000;

    private final KafkaConsumer<String, byte[]> consumer;
    private final MaskSender sender;
    private final Function<TopicPartition, OwnPartition> newPartition;
    private final Consumer<OwnPartition> onTakeover;
    private final Map<Integer, OwnPartition> own = new ConcurrentHashMap<>();
    /** Partitions that are to be read again, and when. */
    private final Map<TopicPartition, Long> paused = new HashMap<>();

    private volatile boolean joined;

    /**
     * Creates one without partitions.
     *
     * @param newPartition creates what answers a partition
     * @param onTakeover called when it is known from where a partition is replayed
     */
    Partitions(
            KafkaConsumer<String, byte[]> consumer,
            MaskSender sender,
            Function<TopicPartition, OwnPartition> newPartition,
            Consumer<OwnPartition> onTakeover) {
        this.consumer = consumer;
        this.sender = sender;
        this.newPartition = newPartition;
        this.onTakeover = onTakeover;
    }

    Collection<OwnPartition> all() {
        return own.values();
    }

    Stream<MaskAnswers> answers() {
        return own.values().stream().map(partition -> partition.answers);
    }

    OwnPartition get(TopicPartition place) {
        return Objects.requireNonNull(own.get(place.partition()), place::toString);
    }

    /** Whether the group was joined: then partitions are assigned here, or all of them elsewhere. */
    boolean hasJoined() {
        return joined;
    }

    /** Number of partitions whose runs are being rebuilt, and which are not answered meanwhile. */
    long inRecovery() {
        return own.values().stream().filter(partition -> !partition.isLive()).count();
    }

    /** Number of partitions that are answered. */
    long answered() {
        return own.size() - inRecovery();
    }

    /** Starts anew with partitions of which something was not stored or not read, and goes on with those that are to be read again. */
    void restart() {
        resume();
        for (TopicPartition place : sender.takeLost()) {
            if (own.containsKey(place.partition())) {
                begin(place);
            }
        }
    }

    private void begin(TopicPartition place) {
        giveUp(own.put(place.partition(), newPartition.apply(place)));
        consumer.pause(List.of(place));
    }

    private static void giveUp(@Nullable OwnPartition gone) {
        if (gone != null) {
            gone.giveUp();
        }
    }

    /** Reads a partition again from this offset on, after a while: its replay needs a look-up or a decision that is not finished. */
    void readAgain(OwnPartition partition, long offset) {
        consumer.seek(partition.place, offset);
        consumer.pause(List.of(partition.place));
        paused.put(partition.place, System.nanoTime() + BETWEEN_LOOKS_NANOS);
    }

    /** Whether a message has more answers, which are due at once. */
    boolean isSending() {
        return own.values().stream().anyMatch(OwnPartition::isSending);
    }

    /** Whether messages wait for look-ups or decisions. */
    boolean isWaiting() {
        return !paused.isEmpty() || own.values().stream().anyMatch(OwnPartition::isWaiting);
    }

    private void resume() {
        paused.entrySet().removeIf(pause -> {
            OwnPartition partition = own.get(pause.getKey().partition());
            boolean over = partition == null || !partition.isReading() || System.nanoTime() - pause.getValue() >= 0;
            if (over && partition != null && partition.isReading()) {
                consumer.resume(List.of(pause.getKey()));
            }
            return over;
        });
    }

    /** Begins to rebuild the runs of new partitions. While the broker does not answer from where on, they wait. */
    void takeOver() {
        Set<TopicPartition> waiting = own.values().stream()
                .filter(partition -> !partition.isReading())
                .map(partition -> partition.place)
                .collect(Collectors.toSet());
        if (waiting.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(waiting, PATIENCE);
            Map<TopicPartition, Long> firsts = consumer.beginningOffsets(waiting, PATIENCE);
            Map<TopicPartition, Long> ends = consumer.endOffsets(waiting, PATIENCE);
            for (TopicPartition place : waiting) {
                OwnPartition partition = get(place);
                partition.read(
                        committed.get(place),
                        Objects.requireNonNull(firsts.get(place)),
                        Objects.requireNonNull(ends.get(place)));
                consumer.seek(place, partition.readFrom);
                consumer.resume(List.of(place));
                onTakeover.accept(partition);
            }
        } catch (RetriableException away) {
            LOG.warnf("Partitions %s cannot be taken over now: %s", waiting, away.getMessage());
        }
    }

    /** Returns the offsets to commit; none for partitions whose runs are being rebuilt or are to be rebuilt. */
    Map<TopicPartition, OffsetAndMetadata> offsets(Collection<TopicPartition> places) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition place : places) {
            OwnPartition partition = own.get(place.partition());
            if (partition != null && partition.isLive() && !sender.hasLost(place)) {
                offsets.put(place, partition.toCommit(consumer.position(place)));
            }
        }
        return offsets;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        try {
            sender.flush();
            consumer.commitSync(offsets(revoked), PATIENCE);
        } finally {
            onPartitionsLost(revoked);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> gone) {
        gone.forEach(place -> giveUp(own.remove(place.partition())));
        paused.keySet().removeAll(gone);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        LOG.infof("Answering %d partitions of %s", assigned.size(), MaskLoop.LOSSES);
        assigned.forEach(this::begin);
        joined = true;
        takeOver();
    }
}
