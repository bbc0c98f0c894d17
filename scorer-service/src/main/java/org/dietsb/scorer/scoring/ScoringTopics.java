package org.dietsb.scorer.scoring;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.topic.ReadPosition;
import org.dietsb.scorer.topic.TopicEnds;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The topics of a scoring: read whole into the {@link ScoringBook}, and written such that what is written has been read. */
@Singleton
class ScoringTopics {
    static final String SCORES = "el2n-scores";
    static final String ORDERS = "training-orders";
    static final String ERRORS = "prediction-errors";
    static final String RUNS = "run-events";
    static final String DEAD_LETTERS = "prediction-errors-dead-letters";
    private static final Logger LOG = Logger.getLogger(ScoringTopics.class);

    /** Says, in a dead letter, which message of prediction-errors it is. */
    private static final String OFFSET = "offset";

    private static final Duration WHILE_READING = Duration.ofSeconds(1);

    private final Producer<String, byte[]> producer;
    private final ScoringBook book;
    private final Duration patience;
    private final Counter deadLetters;
    private final Map<String, ReadPosition> positions;
    /** What is to go to the dead letters. */
    final ConcurrentLinkedQueue<Poison> poison = new ConcurrentLinkedQueue<>();

    private final Set<String> buried = ConcurrentHashMap.newKeySet();

    record Poison(ConsumerRecord<String, byte[]> message, String reason) {}

    ScoringTopics(
            ScorerConfig config,
            Producer<String, byte[]> producer,
            TopicEnds ends,
            ScoringBook book,
            MeterRegistry registry) {
        this.positions = Stream.of(SCORES, ORDERS, ERRORS, RUNS, DEAD_LETTERS)
                .collect(Collectors.toMap(Function.identity(), topic -> new ReadPosition(topic, ends)));
        this.producer = producer;
        this.book = book;
        this.patience = config.patience();
        this.deadLetters = Counter.builder("dietsb_dead_letters")
                .description("Messages that could not be used and went to the dead letters")
                .tag("topic", ERRORS)
                .register(registry);
    }

    /** A message that could not be stored, or was not read back in time. */
    static final class NotStored extends IOException {
        NotStored(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    @Incoming(SCORES)
    void readScores(ConsumerRecord<String, byte[]> message) {
        read(message, scores -> book.read(ScoreMessage.parseFrom(scores)));
    }

    @Incoming(ORDERS)
    void readOrders(ConsumerRecord<String, byte[]> message) {
        read(message, order -> book.read(TrainingOrder.parseFrom(order)));
    }

    @Incoming(RUNS)
    void readRuns(ConsumerRecord<String, byte[]> message) {
        read(message, news -> {
            RunEvent event = RunEvent.parseFrom(news);
            if (event.hasRun()) {
                book.read(event.getRun());
            }
        });
    }

    @Incoming(DEAD_LETTERS)
    void readDeadLetters(ConsumerRecord<String, byte[]> message) {
        read(message, letter -> {
            Header offset = message.headers().lastHeader(OFFSET);
            if (offset != null) {
                buried.add(new String(offset.value(), StandardCharsets.UTF_8));
            }
        });
    }

    @Incoming(ERRORS)
    void readErrors(ConsumerRecord<String, byte[]> message) {
        read(message, errors -> judgeErrors(message));
    }

    private void read(ConsumerRecord<String, byte[]> message, ReadPosition.Reader reader) {
        position(message.topic()).read(message, reader);
    }

    private void judgeErrors(ConsumerRecord<String, byte[]> message) {
        try {
            PredictionMessage report = PredictionMessage.parseFrom(ReadPosition.bytes(message));
            switch (report.getReportCase()) {
                case ERRORS -> {
                    Optional<String> flaw = Member.flaw(report.getErrors());
                    if (flaw.isPresent()) {
                        poison.add(new Poison(
                                message,
                                "run " + report.getErrors().getRunId() + ", from index "
                                        + Integer.toUnsignedString(
                                                report.getErrors().getFirstIndex())
                                        + ": " + flaw.get()));
                    } else {
                        book.read(report.getErrors());
                    }
                }
                case FAILED -> {
                    Optional<String> flaw = Member.flaw(report.getFailed());
                    if (flaw.isPresent()) {
                        poison.add(new Poison(message, flaw.get()));
                    } else {
                        book.read(report.getFailed());
                    }
                }
                case REPORT_NOT_SET -> poison.add(new Poison(message, "neither errors nor a failure"));
            }
        } catch (InvalidProtocolBufferException unreadable) {
            poison.add(new Poison(message, "unparseable: " + unreadable.getMessage()));
        }
    }

    /** Whether everything that was there at the start has been read. */
    boolean areRead() throws InterruptedException {
        for (ReadPosition position : positions.values()) {
            if (!position.awaitCaughtUp(WHILE_READING)) {
                return false;
            }
        }
        return true;
    }

    /** Sends to the dead letters what is poison and is not there yet from a time before a restart. */
    void buryPoison() throws NotStored, InterruptedException {
        for (Poison next = poison.peek(); next != null; next = poison.peek()) {
            String offset = Long.toString(next.message().offset());
            if (!buried.contains(offset)) {
                ProducerRecord<String, byte[]> letter = new ProducerRecord<>(
                        DEAD_LETTERS, 0, next.message().key(), next.message().value());
                letter.headers().add("reason", next.reason().getBytes(StandardCharsets.UTF_8));
                letter.headers().add(OFFSET, offset.getBytes(StandardCharsets.UTF_8));
                store(DEAD_LETTERS, List.of(letter));
                deadLetters.increment();
                LOG.warnf(
                        "A message of scoring %s (%s, offset %s) is a dead letter: %s",
                        next.message().key(), ERRORS, offset, next.reason());
            }
            poison.poll();
        }
    }

    /** Stores messages by their keys, in this order, and returns when this scorer has read them back. */
    void store(String topic, Map<String, byte[]> messages) throws NotStored, InterruptedException {
        store(
                topic,
                messages.entrySet().stream()
                        .map(message -> new ProducerRecord<>(topic, 0, message.getKey(), message.getValue()))
                        .toList());
    }

    private void store(String topic, List<ProducerRecord<String, byte[]>> messages)
            throws NotStored, InterruptedException {
        try {
            List<Future<RecordMetadata>> sent =
                    messages.stream().map(producer::send).toList();
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
