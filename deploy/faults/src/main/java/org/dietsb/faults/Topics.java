package org.dietsb.faults;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;

/** Reads the topics as any other consumer does, and keeps what they say of each run. One thread. */
final class Topics implements AutoCloseable {
    private static final String LOSSES = "batch-losses";
    private static final String MASKS = "backprop-masks";
    private static final String RUNS = "run-events";
    private static final String SCORES = "el2n-scores";
    private static final String RECORDS = "mask-records";
    private static final String DEAD_LETTERS = "dead-letters";
    private static final int CALL_MILLIS = 10_000;

    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, List<Entry<LossMessage>>> losses = new HashMap<>();
    private final Map<String, List<Entry<MaskMessage>>> masks = new HashMap<>();
    private final Map<String, Map<Long, Run>> runs = new HashMap<>();
    private final Map<String, Set<Long>> places = new HashMap<>();
    private final Map<String, Map<Integer, ScoreChunk>> chunks = new HashMap<>();
    private final Map<String, ScoreSet> scores = new LinkedHashMap<>();
    private final Map<String, SortedMap<Integer, EpochRecord>> records = new HashMap<>();
    /** By their places: a reader that starts anew writes them again. */
    private final Set<String> deadLetters = new HashSet<>();

    /** From the beginning of each topic on. */
    Topics(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        CALL_MILLIS,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        CALL_MILLIS / 2,
                        // Faults strike by what is read here: it is to be back as soon as the broker is.
                        ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                        100,
                        ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                        100),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = new ArrayList<>();
        consumer.listTopics().forEach((topic, partitions) -> {
            if (List.of(LOSSES, MASKS, RUNS, SCORES, RECORDS, DEAD_LETTERS).contains(topic)) {
                partitions.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
            }
        });
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /** Reads what is there, or waits so long for something; while the broker is away there is nothing. */
    void poll(Duration patience) {
        for (ConsumerRecord<String, byte[]> received : consumer.poll(patience)) {
            try {
                read(received);
            } catch (InvalidProtocolBufferException impossible) {
                throw new IllegalStateException(
                        received.topic() + "-" + received.partition() + "@" + received.offset() + " cannot be read",
                        impossible);
            }
        }
    }

    /**
     * Reads all that is there now.
     *
     * @throws IllegalStateException if that takes longer
     */
    void readToTheEnd(Duration limit) {
        long begun = System.nanoTime();
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - begun > limit.toNanos()) {
                throw new IllegalStateException(
                        "waited " + limit.toSeconds() + " s to read the topics to their ends, " + ends);
            }
            poll(Duration.ofMillis(100));
        }
    }

    private void read(ConsumerRecord<String, byte[]> received) throws InvalidProtocolBufferException {
        String key = received.key();
        byte[] value = received.value();
        switch (received.topic()) {
            case LOSSES -> {
                LossMessage message = LossMessage.parseFrom(value);
                losses.computeIfAbsent(key, id -> new ArrayList<>()).add(entry(received, message));
                if (message.hasBatchLosses()) {
                    long place = (long) message.getBatchLosses().getEpoch() << 32
                            | message.getBatchLosses().getBatch();
                    places.computeIfAbsent(key, id -> new HashSet<>()).add(place);
                }
            }
            case MASKS ->
                masks.computeIfAbsent(key, id -> new ArrayList<>()).add(entry(received, MaskMessage.parseFrom(value)));
            case RUNS -> {
                RunEvent event = RunEvent.parseFrom(value);
                if (event.hasRun() && event.getRun().getStartedMillis() != 0) {
                    runs.computeIfAbsent(event.getRun().getOrder().getRunId(), id -> new TreeMap<>())
                            .put(event.getRun().getAttempt(), event.getRun());
                }
            }
            case SCORES -> score(ScoreMessage.parseFrom(value));
            case RECORDS -> {
                MaskRecord record = MaskRecord.parseFrom(value);
                if (record.hasEpoch()) {
                    records.computeIfAbsent(record.getRunId(), id -> new TreeMap<>())
                            .put(record.getEpoch().getEpoch(), record.getEpoch());
                }
            }
            default -> deadLetters.add(key);
        }
    }

    private static <T> Entry<T> entry(ConsumerRecord<String, byte[]> received, T message) {
        return new Entry<>(received.partition(), received.offset(), received.timestamp(), message);
    }

    private void score(ScoreMessage message) {
        String id = message.getScoreSet();
        if (message.hasChunk()) {
            chunks.computeIfAbsent(id, key -> new TreeMap<>())
                    .put(message.getChunk().getFirstIndex(), message.getChunk());
        } else if (message.hasManifest()) {
            int count = message.getManifest().getCount();
            float[] el2n = new float[count];
            int[] labels = new int[count];
            chunks.getOrDefault(id, Map.of()).forEach((first, chunk) -> {
                for (int i = 0; i < chunk.getScoresCount(); i++) {
                    el2n[first + i] = chunk.getScores(i);
                    labels[first + i] = chunk.getLabels(i);
                }
            });
            scores.put(id, new ScoreSet(id, message.getManifest().getDataset().getChecksum(), el2n, labels));
        }
    }

    /** Different batches of the run that were announced so far, however often. */
    int batches(String runId) {
        return places.getOrDefault(runId, Set.of()).size();
    }

    /** The run as its highest attempt sees it. */
    Optional<Run> run(String runId) {
        Map<Long, Run> attempts = runs.getOrDefault(runId, Map.of());
        return attempts.keySet().stream().max(Long::compare).map(attempts::get);
    }

    /** Whole ones, by their names. */
    Map<String, ScoreSet> scores() {
        return scores;
    }

    /** Of all that was scored and recorded. */
    Lookups lookups() {
        return new Lookups(scores, records);
    }

    int deadLetters() {
        return deadLetters.size();
    }

    /** All of the run so far. */
    Recording recording(String runId, int deadLettersBefore) {
        return new Recording(
                runId,
                losses.getOrDefault(runId, List.of()),
                masks.getOrDefault(runId, List.of()),
                List.copyOf(runs.getOrDefault(runId, Map.of()).values()),
                deadLetters.size() - deadLettersBefore);
    }

    /** Forgets a run. */
    void forget(String runId) {
        losses.remove(runId);
        masks.remove(runId);
        places.remove(runId);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
