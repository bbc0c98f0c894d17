package org.dietsb.faults.log;

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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.contracts.run.WholeRuns;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;

/** Reads the topics like any other consumer, and keeps the messages of each run. Single-threaded. */
public final class Topics implements AutoCloseable {
    private static final String LOSSES = "batch-losses";
    private static final String MASKS = "backprop-masks";
    private static final String RUNS = "run-events";
    private static final String SCORES = "el2n-scores";
    private static final String RECORDS = "mask-records";
    private static final String DEAD_LETTERS = "dead-letters";

    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, RunLog> runs = new HashMap<>();
    private final WholeRuns whole = new WholeRuns();
    private final Map<String, Map<Integer, ScoreChunk>> chunks = new HashMap<>();
    private final Map<String, ScoreSet> scores = new LinkedHashMap<>();
    private final Map<String, SortedMap<Integer, EpochRecord>> records = new HashMap<>();
    /** Their keys, which are the places of the messages: a reader that restarts writes them again. */
    private final Set<String> deadLetters = new HashSet<>();

    /** The messages of a run so far. */
    private static final class RunLog {
        final List<Entry<LossMessage>> losses = new ArrayList<>();
        final List<Entry<MaskMessage>> masks = new ArrayList<>();
        final SortedMap<Long, Run> attempts = new TreeMap<>();
        /** Epoch and batch of each announced batch. */
        final Set<List<Integer>> batches = new HashSet<>();
    }

    /** Reads from the beginning of each topic. */
    public Topics(String bootstrapServers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("enable.auto.commit", false);
        settings.put("default.api.timeout.ms", 10_000);
        settings.put("request.timeout.ms", 5_000);
        // The times of faults depend on this reader, so it must be back as soon as the broker is.
        settings.put("reconnect.backoff.max.ms", 100);
        settings.put("retry.backoff.max.ms", 100);
        consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = consumer.listTopics().entrySet().stream()
                .filter(topic -> List.of(LOSSES, MASKS, RUNS, SCORES, RECORDS, DEAD_LETTERS)
                        .contains(topic.getKey()))
                .flatMap(topic -> topic.getValue().stream())
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
    }

    /** Reads the available messages, or waits this long for one; while the broker is away there are none. */
    public void poll(Duration patience) {
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
     * Reads to the current ends of the topics.
     *
     * @throws IllegalStateException if that takes longer than the limit
     */
    public void readToTheEnd(Duration limit) {
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
                log(key).losses.add(entry(received, message));
                if (message.hasBatchLosses()) {
                    note(key, message.getBatchLosses());
                }
                message.getBatchSpan().getBatchesList().forEach(batch -> note(key, batch));
            }
            case MASKS -> log(key).masks.add(entry(received, MaskMessage.parseFrom(value)));
            case RUNS -> {
                if (value == null) {
                    return;
                }
                RunEvent event = RunEvent.parseFrom(value);
                if (event.hasPart()) {
                    whole.add(event.getPart());
                }
                Run run = whole.whole(event.getRun());
                if (run.getStartedMillis() != 0) {
                    log(run.getOrder().getRunId()).attempts.put(run.getAttempt(), run);
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

    private void note(String runId, BatchLosses batch) {
        log(runId).batches.add(List.of(batch.getEpoch(), batch.getBatch()));
    }

    private RunLog log(String runId) {
        return runs.computeIfAbsent(runId, id -> new RunLog());
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

    /** Returns the number of different batches of the run announced so far. */
    public int batches(String runId) {
        return log(runId).batches.size();
    }

    /** Returns the run as its highest attempt reports it. */
    public Optional<Run> run(String runId) {
        return log(runId).attempts.values().stream().reduce((lower, higher) -> higher);
    }

    /** Returns the finished score sets by their names. */
    public Map<String, ScoreSet> scores() {
        return scores;
    }

    /** Returns all score sets and recorded masks. */
    public Lookups lookups() {
        return new Lookups(scores, records);
    }

    public int deadLetters() {
        return deadLetters.size();
    }

    /** Returns all messages of the run so far. */
    public Recording recording(String runId, int deadLettersBefore) {
        RunLog log = log(runId);
        return new Recording(
                runId,
                log.losses,
                log.masks,
                List.copyOf(log.attempts.values()),
                deadLetters.size() - deadLettersBefore);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
