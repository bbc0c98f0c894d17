package org.dietsb.scorer.scoring;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/** The topics of scorings, read whole into the {@link ScoringBook}. A write returns after its messages have been read back. */
@Singleton
class ScoringTopics {
    static final String SCORES = "el2n-scores";
    static final String ORDERS = "training-orders";
    static final String ERRORS = "prediction-errors";
    static final String RUNS = "run-events";
    static final String POLICIES = "selector-policies";

    private static final Duration WHILE_READING = Duration.ofSeconds(1);

    private final Producer<String, byte[]> producer;
    private final ScoringBook book;
    private final Duration patience;
    private final int largestDataset;
    private final Map<String, ReadPosition> positions;

    ScoringTopics(
            ScorerConfig config,
            Producer<String, byte[]> producer,
            TopicEnds ends,
            ScoringBook book,
            DeadLetters deadLetters) {
        this.positions = Stream.of(SCORES, ORDERS, ERRORS, RUNS, POLICIES)
                .collect(Collectors.toMap(Function.identity(), topic -> new ReadPosition(topic, ends, deadLetters)));
        this.producer = producer;
        this.book = book;
        this.patience = config.patience();
        this.largestDataset = config.largestDataset();
    }

    /** Thrown if a message could not be stored, or was not read back in time. */
    static final class NotStored extends IOException {
        NotStored(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    @Incoming(SCORES)
    void readScores(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::readScores);
    }

    void readScores(ConsumerRecord<String, byte[]> message) {
        read(SCORES, message, value -> {
            if (message.key() != null && message.value() == null) {
                book.deletedScores(message.key());
                return;
            }
            ScoreMessage scores = ScoreMessage.parseFrom(value);
            book.read(scores);
            if (scores.hasChunk()) {
                book.lies(scores, message.offset());
            }
        });
    }

    @Incoming(ORDERS)
    void readOrders(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::readOrders);
    }

    void readOrders(ConsumerRecord<String, byte[]> message) {
        read(ORDERS, message, order -> book.read(TrainingOrder.parseFrom(order)));
    }

    @Incoming(RUNS)
    void readRuns(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::readRuns);
    }

    void readRuns(ConsumerRecord<String, byte[]> message) {
        read(RUNS, message, news -> {
            if (message.key() != null && message.value() == null) {
                book.removed(message.key());
                return;
            }
            RunEvent event = RunEvent.parseFrom(news);
            if (event.hasRun()) {
                book.read(event.getRun());
            } else if (event.hasPart()) {
                book.read(event.getPart());
            } else if (event.hasBeat()) {
                book.read(event.getBeat());
            } else if (event.hasCancelRequested()) {
                book.read(event.getCancelRequested());
            }
        });
    }

    @Incoming(POLICIES)
    void readPolicies(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::readPolicies);
    }

    void readPolicies(ConsumerRecord<String, byte[]> message) {
        read(POLICIES, message, change -> book.read(PolicyChange.parseFrom(change)));
    }

    @Incoming(ERRORS)
    void readErrors(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::readErrors);
    }

    void readErrors(ConsumerRecord<String, byte[]> message) {
        read(ERRORS, message, report -> judge(PredictionMessage.parseFrom(report)));
    }

    private void read(String topic, ConsumerRecord<String, byte[]> message, ReadPosition.Reader reader) {
        position(topic).read(message, reader);
    }

    private void judge(PredictionMessage report) {
        switch (report.getReportCase()) {
            case ERRORS -> {
                PredictionErrors errors = report.getErrors();
                Optional<String> flaw = Member.flaw(errors, largestDataset);
                if (flaw.isPresent()) {
                    book.spoil(errors, flaw.get());
                    throw new IllegalArgumentException("run " + errors.getRunId() + ", from index "
                            + Integer.toUnsignedString(errors.getFirstIndex()) + ": " + flaw.get());
                }
                book.read(errors);
            }
            case FAILED -> {
                Member.flaw(report.getFailed()).ifPresent(flaw -> {
                    throw new IllegalArgumentException(flaw);
                });
                book.read(report.getFailed());
            }
            case REPORT_NOT_SET -> throw new IllegalArgumentException("neither errors nor a failure");
        }
    }

    /** Returns whether everything that was in the topics at the start has been read. */
    boolean areRead() throws InterruptedException {
        for (ReadPosition position : positions.values()) {
            if (!position.awaitCaughtUp(WHILE_READING)) {
                return false;
            }
        }
        return true;
    }

    /** Deletes what is stored under these keys, in this order, and waits until this scorer has read that back. */
    void delete(String topic, List<String> keys) throws NotStored, InterruptedException {
        Map<String, byte @Nullable []> deletions = new LinkedHashMap<>();
        keys.forEach(key -> deletions.put(key, null));
        write(topic, deletions);
    }

    /** Stores messages by their keys, in this order, and waits until this scorer has read them back. */
    void store(String topic, Map<String, byte[]> messages) throws NotStored, InterruptedException {
        write(topic, new LinkedHashMap<>(messages));
    }

    private void write(String topic, Map<String, byte @Nullable []> messages) throws NotStored, InterruptedException {
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            messages.forEach((key, value) -> sent.add(producer.send(new ProducerRecord<>(topic, 0, key, value))));
            long last = -1;
            for (Future<RecordMetadata> one : sent) {
                last = one.get(patience.toMillis(), TimeUnit.MILLISECONDS).offset();
            }
            if (!position(topic).awaitRead(last, patience)) {
                throw new NotStored("topic " + topic + " was not read back within " + patience, null);
            }
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw new NotStored("topic " + topic + " cannot be written: " + failed.getMessage(), failed);
        }
    }

    private ReadPosition position(String topic) {
        return Objects.requireNonNull(positions.get(topic), topic);
    }
}
