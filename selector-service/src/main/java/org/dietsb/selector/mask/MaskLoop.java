package org.dietsb.selector.mask;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.dietsb.kit.stop.CleanStop;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.report.ReportWriter;
import org.dietsb.selector.report.RunUpdate;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads topic batch-losses and writes topic backprop-masks, on the same partition number, in one thread. Uses a plain consumer and
 * producer: every batch of every run pays for this hop.
 */
@ApplicationScoped
class MaskLoop {
    static final String LOSSES = "batch-losses";
    private static final Logger LOG = Logger.getLogger(MaskLoop.class);
    private static final long BETWEEN_COMMITS_NANOS = 1_000_000_000;
    /**
     * Maximum number of active runs reported per second; if there are more, each is reported less often. A report costs as much as
     * the masks of several batches.
     */
    private static final int MOST_REPORTS = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(500);
    /** While messages wait for look-ups or decisions. */
    private static final Duration SHORT_POLL = Duration.ofMillis(20);

    private final PendingSources sources;
    private final Decisions decisions = new Decisions();
    private final SelectorConfig config;
    private final SelectorMeters meters;
    private final ReportWriter reports;
    private final MaskSender sender;
    private final Partitions partitions;
    private final Thread thread = new Thread(this::loop, "masks");
    private final KafkaConsumer<String, byte[]> consumer;
    /** Why the group was not left in order; null if it was. */
    private volatile @Nullable String notLeft;

    private final String losses;
    private volatile boolean closing;
    private volatile long heardNanos = System.nanoTime();
    private int reported;
    private long tidiedNanos = System.nanoTime();

    MaskLoop(
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            Sources sources,
            SelectorConfig config,
            SelectorMeters meters,
            DeadLetters deadLetters,
            ReportWriter reports) {
        this.sources = new PendingSources(sources);
        this.config = config;
        this.meters = meters;
        this.reports = reports;
        this.consumer = newConsumer(kafka);
        this.losses = kafka.at(LOSSES);
        this.sender = new MaskSender(producer, meters);
        Room room = new Room(
                config, Runtime.getRuntime().maxMemory(), () -> partitions().answers());
        DeadLetters.Of letters = deadLetters.of(LOSSES);
        this.partitions = new Partitions(
                consumer,
                sender,
                place -> new OwnPartition(
                        place, new MaskAnswers(this.sources, config, room, decisions, meters), letters, meters),
                this::endRecovery);
    }

    private static KafkaConsumer<String, byte[]> newConsumer(ClientSettings kafka) {
        return kafka.consumer(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                "selector",
                // A run that opens while this consumer joins must not be missed; answers to attempts long gone are
                // ignored.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // A partition that stays here when another selector joins keeps the state of its runs.
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                // Losses end a fetch at once; without any, rare fetches leave the cores to the training.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                5_000,
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                6_000,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                1_000));
    }

    void start(@Observes StartupEvent event) {
        start();
    }

    void start() {
        meters.watchRuns(() -> partitions.answers().mapToInt(MaskAnswers::runs).sum());
        thread.start();
    }

    private void loop() {
        try (KafkaConsumer<String, byte[]> reading = consumer) {
            // Replayed messages are judged by the score sets and masks that were there before them.
            while (!closing && !sources.awaitRead(PATIENCE)) {
                LOG.warn("The score sets and the recorded masks cannot be read now");
            }
            reading.subscribe(List.of(losses), partitions);
            while (!closing) {
                ConsumerRecords<String, byte[]> received = ConsumerRecords.empty();
                try {
                    partitions.restart();
                    partitions.takeOver();
                    received = reading.poll(
                            partitions.isSending() ? Duration.ZERO : partitions.isWaiting() ? SHORT_POLL : POLL);
                    answer(received);
                    tidy(System.nanoTime());
                } catch (WakeupException woken) {
                    LOG.debug("Woken to close");
                } catch (KafkaException passing) {
                    LOG.warnf("Losses cannot be answered now: %s", passing.getMessage());
                    readAgain(received);
                } catch (RuntimeException | Error unexpected) {
                    LOG.error("Losses cannot be answered now", unexpected);
                    readAgain(received);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (KafkaException failed) {
            notLeft = "the last offsets were not committed: " + failed.getMessage();
        }
    }

    /** Has what was received, and not answered, read again after a while. */
    private void readAgain(ConsumerRecords<String, byte[]> received) throws InterruptedException {
        sender.lose(received.partitions());
        Thread.sleep(500);
    }

    /** An answer that is due to a message of this partition. */
    private record Due(TopicPartition from, MaskMessage answer) {}

    private void answer(ConsumerRecords<String, byte[]> received) {
        // Messages that arrive together are answered together: the producer then needs few requests for many answers.
        List<Due> due = new ArrayList<>();
        for (TopicPartition place : received.partitions()) {
            OwnPartition own = partitions.get(place);
            for (ConsumerRecord<String, byte[]> message : received.records(place)) {
                List<MaskMessage> answers = new ArrayList<>();
                if (!own.isLive() && message.offset() >= own.replayUntil) {
                    answers.addAll(goLive(own));
                }
                try {
                    answers.addAll(own.receive(message));
                } catch (PendingException notYet) {
                    partitions.readAgain(own, message.offset());
                    break;
                }
                answers.forEach(answer -> due.add(new Due(place, answer)));
                own.answers.takeRecords().forEach(record -> sender.store(place, record));
            }
        }
        due.forEach(one -> sender.send(one.from, one.answer));
        for (OwnPartition own : partitions.all()) {
            own.answerParked().forEach(answer -> sender.send(own.place, answer));
            own.answers.takeRecords().forEach(record -> sender.store(own.place, record));
            endRecovery(own);
        }
        sender.refuseUnstorable();
    }

    /** Ends the recovery of a partition if all that was there at the takeover is replayed and nothing has arrived since. */
    private void endRecovery(OwnPartition own) {
        if (own.isReading() && !own.isLive() && consumer.position(own.place) >= own.replayUntil) {
            goLive(own).forEach(answer -> sender.send(own.place, answer));
        }
    }

    /** Begins to answer a partition; returns the last answers of its runs, which are due again. */
    private List<MaskMessage> goLive(OwnPartition own) {
        List<MaskMessage> again = own.answers.lastAnswers();
        own.live();
        meters.recovered(own.sinceNanos, own.answers.runs(), again.size());
        return again;
    }

    /** Once per second: commits, forgets silent runs and writes reports. */
    private void tidy(long nanos) {
        if (nanos - tidiedNanos < BETWEEN_COMMITS_NANOS) {
            return;
        }
        tidiedNanos = nanos;
        // While no run is held, messages before the committed offset are never read again: their answers must be stored
        // by then.
        sender.flush();
        List<OwnPartition> live = new ArrayList<>(
                partitions.all().stream().filter(OwnPartition::isLive).toList());
        for (OwnPartition own : live) {
            own.answers.attempts.forget(own.logMillis()).forEach(answer -> sender.send(own.place, answer));
            own.answers.overdue().forEach(answer -> sender.send(own.place, answer));
        }
        report(live);
        consumer.commitAsync(partitions.offsets(consumer.assignment()), (committed, failed) -> {
            if (failed == null) {
                heardNanos = System.nanoTime();
            }
        });
        meters.lag(consumer.assignment().stream()
                .mapToLong(place -> consumer.currentLag(place).orElse(0))
                .sum());
    }

    /** Writes reports, each second of another partition first, which may use up the maximum. */
    private void report(List<OwnPartition> live) {
        if (live.isEmpty()) {
            return;
        }
        Collections.rotate(live, -(reported++ % live.size()));
        int most = MOST_REPORTS;
        for (OwnPartition own : live) {
            List<RunUpdate> due = own.answers.reports.take(
                    own.logMillis(), config.reportEvery().toMillis(), most);
            due.forEach(reports::write);
            most = Math.max(0, most - due.size());
        }
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    Partitions partitions() {
        return partitions;
    }

    /** Returns the time since the broker last confirmed a commit. */
    Duration sinceHeard() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    void shutDown(@Observes ShutdownEvent event, CleanStop stop) throws InterruptedException {
        close();
        stop.joined(thread);
        String why = notLeft;
        if (why != null) {
            stop.failed(why);
        }
    }

    void close() throws InterruptedException {
        closing = true;
        consumer.wakeup();
        thread.join(10_000);
        sources.close();
        decisions.close();
    }
}
