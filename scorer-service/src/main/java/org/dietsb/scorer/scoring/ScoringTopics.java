package org.dietsb.scorer.scoring;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.topic.WholeTopic;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
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

    private final String bootstrapServers;
    private final Producer<String, byte[]> producer;
    private final ScoringBook book;
    private final Duration patience;
    private final Counter deadLetters;
    private final Map<String, WholeTopic> readers = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<Poison> poison = new ConcurrentLinkedQueue<>();
    private final Set<String> buried = ConcurrentHashMap.newKeySet();

    private record Poison(ConsumerRecord<String, byte[]> message, String reason) {}

    ScoringTopics(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            ScorerConfig config,
            Producer<String, byte[]> producer,
            ScoringBook book,
            MeterRegistry registry) {
        this.bootstrapServers = bootstrapServers;
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

    synchronized void open() {
        open(SCORES, message -> book.read(ScoreMessage.parseFrom(bytes(message))));
        open(ORDERS, message -> book.read(TrainingOrder.parseFrom(bytes(message))));
        open(RUNS, message -> {
            RunEvent event = RunEvent.parseFrom(bytes(message));
            if (event.hasRun()) {
                book.read(event.getRun());
            }
        });
        open(DEAD_LETTERS, message -> {
            Header offset = message.headers().lastHeader(OFFSET);
            if (offset != null) {
                buried.add(new String(offset.value(), StandardCharsets.UTF_8));
            }
        });
        open(ERRORS, this::readErrors);
    }

    private interface Parser {
        void read(ConsumerRecord<String, byte[]> message) throws InvalidProtocolBufferException;
    }

    private void open(String topic, Parser parser) {
        readers.put(topic, new WholeTopic(bootstrapServers, topic, message -> {
            try {
                parser.read(message);
            } catch (InvalidProtocolBufferException unreadable) {
                LOG.warnf("Topic %s, offset %d: %s", topic, message.offset(), unreadable.getMessage());
            }
        }));
    }

    /** A compacted topic's tombstone says nothing, as an empty message does. */
    private static byte[] bytes(ConsumerRecord<String, byte[]> message) {
        byte[] value = message.value();
        return value == null ? new byte[0] : value;
    }

    private void readErrors(ConsumerRecord<String, byte[]> message) {
        try {
            PredictionMessage report = PredictionMessage.parseFrom(bytes(message));
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
                case FAILED -> book.read(report.getFailed());
                case REPORT_NOT_SET -> poison.add(new Poison(message, "neither errors nor a failure"));
            }
        } catch (InvalidProtocolBufferException unreadable) {
            poison.add(new Poison(message, "unparseable: " + unreadable.getMessage()));
        }
    }

    /** Whether everything that was there at the start has been read. */
    synchronized boolean areRead() {
        return !readers.isEmpty() && readers.values().stream().allMatch(WholeTopic::isCaughtUp);
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
            WholeTopic reader = reader(topic);
            if (!reader.awaitRead(last, patience)) {
                throw new NotStored("topic " + topic + " was not read back within " + patience, null);
            }
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw new NotStored("topic " + topic + " cannot be written: " + failed.getMessage(), failed);
        }
    }

    private synchronized WholeTopic reader(String topic) throws NotStored {
        WholeTopic reader = readers.get(topic);
        if (reader == null) {
            throw new NotStored("topic " + topic + " is not open: this scorer starts or stops", null);
        }
        return reader;
    }

    synchronized void close() {
        readers.values().forEach(WholeTopic::close);
        readers.clear();
    }
}
