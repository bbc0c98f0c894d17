package org.dietsb.selector.mask;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.report.ReportWriter;
import org.dietsb.selector.report.Told;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * From topic batch-losses to topic backprop-masks, on the same partition number, in one thread. A plain consumer and
 * producer: this hop is paid for every batch of every run.
 */
@ApplicationScoped
class MaskLoop {
    static final String LOSSES = "batch-losses";
    static final String MASKS = "backprop-masks";
    private static final Logger LOG = Logger.getLogger(MaskLoop.class);
    private static final long BETWEEN_COMMITS_MILLIS = 1_000;
    /**
     * Runs that go on and are told of each second: where there are more, each is told of more rarely. A report costs as much as
     * the masks of several batches.
     */
    private static final int MOST_REPORTS = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ClientSettings kafka;
    private final Producer<String, byte[]> producer;
    private final Sources sources;
    private final SelectorConfig config;
    private final SelectorMeters meters;
    private final DeadLetters.Of deadLetters;
    private final ReportWriter reports;
    private final Map<Integer, OwnPartition> partitions = new ConcurrentHashMap<>();
    /** Where something was not stored: there runs are rebuilt, and their last answers sent again. */
    private final Set<TopicPartition> lost = ConcurrentHashMap.newKeySet();

    private final Room room;
    private final Thread thread = new Thread(this::loop, "masks");
    private final KafkaConsumer<String, byte[]> consumer;
    private volatile boolean closing;
    private volatile boolean joined;
    private volatile long heardMillis = System.currentTimeMillis();
    private int reported;
    private long tidiedMillis = System.currentTimeMillis();

    MaskLoop(
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            Sources sources,
            SelectorConfig config,
            SelectorMeters meters,
            DeadLetters deadLetters,
            ReportWriter reports) {
        this.kafka = kafka;
        this.producer = producer;
        this.sources = sources;
        this.config = config;
        this.meters = meters;
        this.deadLetters = deadLetters.of(LOSSES);
        this.reports = reports;
        this.room = new Room(config, Runtime.getRuntime().maxMemory(), this::answers);
        this.consumer = newConsumer();
    }

    private KafkaConsumer<String, byte[]> newConsumer() {
        return new KafkaConsumer<>(kafka.with(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                "selector",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                // A run that opens while this consumer joins must not be missed; answers to attempts long gone are
                // ignored.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // What stays here when another selector joins keeps its runs' state.
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // Losses end a fetch at once; without any, rare fetches leave the cores to the training.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                5_000,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1_000)));
    }

    void start(@Observes StartupEvent event) {
        start();
    }

    void start() {
        meters.watchRuns(() -> answers().mapToInt(MaskAnswers::runs).sum());
        thread.start();
    }

    private Stream<MaskAnswers> answers() {
        return partitions.values().stream().map(own -> own.answers);
    }

    private void loop() {
        try (KafkaConsumer<String, byte[]> reading = consumer) {
            // What is replayed is judged by score sets and masks that were there before it.
            while (!closing && !sources.awaitRead(PATIENCE)) {
                LOG.warn("The score sets and the recorded masks cannot be read now");
            }
            reading.subscribe(List.of(LOSSES), new Assignment());
            while (!closing) {
                ConsumerRecords<String, byte[]> received = ConsumerRecords.empty();
                try {
                    restart();
                    takeOver();
                    received = reading.poll(Duration.ofMillis(500));
                    answer(received);
                    tidy(System.currentTimeMillis());
                } catch (WakeupException woken) {
                    LOG.debug("Woken to close");
                } catch (KafkaException passing) {
                    LOG.warnf("Losses cannot be answered now: %s", passing.getMessage());
                    // What was received and not answered is read again.
                    lost.addAll(received.partitions());
                    Thread.sleep(500);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (KafkaException failed) {
            LOG.warnf("The last offsets were not committed: %s", failed.getMessage());
        }
    }

    /** Where something was not stored or not read, all is rebuilt before anything further is read. */
    private void restart() {
        for (TopicPartition place : Set.copyOf(lost)) {
            lost.remove(place);
            if (partitions.containsKey(place.partition())) {
                begin(place);
            }
        }
    }

    /** Begins to rebuild the runs of partitions that came here; where the broker does not tell from where on, they wait. */
    private void takeOver() {
        Set<TopicPartition> waiting = partitions.values().stream()
                .filter(own -> !own.isReading())
                .map(own -> own.place)
                .collect(Collectors.toSet());
        if (waiting.isEmpty()) {
            return;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(waiting, PATIENCE);
            Map<TopicPartition, Long> firsts = consumer.beginningOffsets(waiting, PATIENCE);
            Map<TopicPartition, Long> ends = consumer.endOffsets(waiting, PATIENCE);
            for (TopicPartition place : waiting) {
                OwnPartition own = own(place);
                own.read(
                        committed.get(place),
                        Objects.requireNonNull(firsts.get(place)),
                        Objects.requireNonNull(ends.get(place)));
                consumer.seek(place, own.readFrom());
                consumer.resume(List.of(place));
                endRecovery(own);
            }
        } catch (RetriableException away) {
            LOG.warnf("Partitions %s cannot be taken over now: %s", waiting, away.getMessage());
        }
    }

    private OwnPartition own(TopicPartition place) {
        return Objects.requireNonNull(partitions.get(place.partition()), place::toString);
    }

    private void begin(TopicPartition place) {
        partitions.put(place.partition(), new OwnPartition(place, new MaskAnswers(sources, config, room, meters)));
        consumer.pause(List.of(place));
    }

    private void answer(ConsumerRecords<String, byte[]> received) {
        // What came together is answered together: the producer then needs few requests for many answers.
        List<ProducerRecord<String, byte[]>> due = new ArrayList<>();
        for (TopicPartition place : received.partitions()) {
            OwnPartition own = own(place);
            for (ConsumerRecord<String, byte[]> message : received.records(place)) {
                if (!own.isLive() && message.offset() >= own.replayUntil()) {
                    due.addAll(lastAnswers(own));
                }
                due.addAll(answer(own, message));
                own.answers.takeRecords().forEach(record -> store(own.place, record));
            }
        }
        due.forEach(this::send);
        partitions.values().forEach(this::endRecovery);
    }

    /** Where all that was there at the takeover is replayed, and nothing came since. */
    private void endRecovery(OwnPartition own) {
        if (own.isReading() && !own.isLive() && consumer.position(own.place) >= own.replayUntil()) {
            lastAnswers(own).forEach(this::send);
        }
    }

    /** From here on it is answered live; the last answers of its runs are due again. */
    private List<ProducerRecord<String, byte[]>> lastAnswers(OwnPartition own) {
        List<ProducerRecord<String, byte[]>> again = own.answers.lastAnswers().stream()
                .map(answer -> record(own, answer))
                .toList();
        own.live();
        meters.recovered(own.sinceNanos(), own.answers.runs(), again.size());
        return again;
    }

    private static ProducerRecord<String, byte[]> record(OwnPartition own, MaskMessage answer) {
        return new ProducerRecord<>(MASKS, own.place.partition(), answer.getRunId(), answer.toByteArray());
    }

    /** What is to be sent; none where nothing is due, or where it cannot be answered and is a dead letter now. */
    private List<ProducerRecord<String, byte[]>> answer(OwnPartition own, ConsumerRecord<String, byte[]> received) {
        long started = System.nanoTime();
        try {
            LossMessage message = MaskAnswers.parse(received.value());
            if (!own.isLive()) {
                meters.replayed();
                own.answers.replay(message, received.offset(), received.timestamp());
                return List.of();
            }
            List<MaskMessage> answers = own.answers.answer(message, received.offset(), received.timestamp());
            if (!answers.isEmpty()) {
                meters.answered(started);
            }
            return answers.stream().map(answer -> record(own, answer)).toList();
        } catch (PoisonException poison) {
            deadLetter(own, received, poison.getMessage());
        } catch (KafkaException broken) {
            throw broken;
        } catch (RuntimeException unexpected) {
            LOG.errorf(unexpected, "A message of run %s could not be answered", received.key());
            deadLetter(own, received, "unexpected: " + unexpected);
        }
        return List.of();
    }

    private void send(ProducerRecord<String, byte[]> answer) {
        var unused = producer.send(answer, (stored, failed) -> {
            if (failed instanceof RecordTooLargeException) {
                LOG.errorf("A message to %s, run %s, cannot be stored: %s", MASKS, answer.key(), failed.getMessage());
            } else if (failed != null) {
                LOG.warnf("A message to %s, run %s, is not stored yet: %s", MASKS, answer.key(), failed.getMessage());
                lost.add(new TopicPartition(LOSSES, answer.partition()));
            }
        });
    }

    /** Stores a record before anything behind it is committed; where that fails, it is made again from the log. */
    private void store(TopicPartition from, MaskRecord record) {
        String key =
                record.getRunId() + (record.hasEpoch() ? "/" + record.getEpoch().getEpoch() : "");
        var unused = producer.send(
                new ProducerRecord<>(MaskRecords.TOPIC, 0, key, record.toByteArray()), (stored, failed) -> {
                    if (failed instanceof RecordTooLargeException) {
                        LOG.errorf("Masks %s cannot be stored: %s", key, failed.getMessage());
                    } else if (failed != null) {
                        LOG.warnf("Masks %s are not stored yet: %s", key, failed.getMessage());
                        lost.add(from);
                    }
                });
    }

    /** Each second: commits, forgets and tells of runs. */
    private void tidy(long now) {
        if (now - tidiedMillis < BETWEEN_COMMITS_MILLIS) {
            return;
        }
        tidiedMillis = now;
        // Where no run is held, what is committed is never read again: its answers must be stored by then.
        producer.flush();
        partitions.values().stream().filter(OwnPartition::isLive).forEach(own -> Stream.concat(
                        own.answers.forget(now).stream(), own.answers.overdue().stream())
                .forEach(answer -> send(record(own, answer))));
        report(now);
        consumer.commitAsync(offsets(consumer.assignment()), (committed, failed) -> {
            if (failed == null) {
                heardMillis = System.currentTimeMillis();
            }
        });
        meters.lag(consumer.assignment().stream()
                .mapToLong(place -> consumer.currentLag(place).orElse(0))
                .sum());
    }

    /** Tells of runs, each second of those of another partition first: it may take all there is to tell. */
    private void report(long now) {
        List<OwnPartition> live = new ArrayList<>(
                partitions.values().stream().filter(OwnPartition::isLive).toList());
        if (live.isEmpty()) {
            return;
        }
        Collections.rotate(live, -(reported++ % live.size()));
        int most = MOST_REPORTS;
        for (OwnPartition own : live) {
            List<Told> due = own.answers.due(now, config.reportEvery().toMillis(), most);
            due.forEach(reports::write);
            most = Math.max(0, most - due.size());
        }
    }

    /** What is to be committed of these places: nothing of those that are still replayed. */
    private Map<TopicPartition, OffsetAndMetadata> offsets(Collection<TopicPartition> places) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition place : places) {
            OwnPartition own = partitions.get(place.partition());
            if (own != null && own.isLive() && !lost.contains(place)) {
                offsets.put(place, own.toCommit(consumer.position(place)));
            }
        }
        return offsets;
    }

    private void deadLetter(OwnPartition own, ConsumerRecord<String, byte[]> received, @Nullable String reason) {
        if (received.offset() >= own.answeredBefore()) {
            deadLetters.add(received, reason);
        }
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** Whether it has joined its group: then it has partitions, or others have them all. */
    boolean hasJoined() {
        return joined;
    }

    /** How many partitions are being rebuilt: nothing of these is answered now. */
    long inRecovery() {
        return partitions.values().stream().filter(own -> !own.isLive()).count();
    }

    /** Partitions that are answered. */
    long answered() {
        return partitions.size() - inRecovery();
    }

    /** How long ago the broker last confirmed what was answered. */
    Duration sinceHeard() {
        return Duration.ofMillis(System.currentTimeMillis() - heardMillis);
    }

    /** What another selector now answers is forgotten here; what comes here is rebuilt from the log. */
    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            try {
                producer.flush();
                consumer.commitSync(offsets(revoked), PATIENCE);
            } finally {
                onPartitionsLost(revoked);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> gone) {
            gone.forEach(place -> partitions.remove(place.partition()));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            LOG.infof("Answering %d partitions of %s", assigned.size(), LOSSES);
            assigned.forEach(MaskLoop.this::begin);
            joined = true;
            takeOver();
        }
    }

    void shutDown(@Observes ShutdownEvent event) throws InterruptedException {
        close();
    }

    void close() throws InterruptedException {
        closing = true;
        consumer.wakeup();
        thread.join(10_000);
    }
}
