package org.dietsb.scorer.scoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSetMeters;
import org.dietsb.scorer.scoreset.ScoreSetWire;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Performs the duties of the {@link ScoringBook}, in one thread, once every topic has been read to its end, so that no scoring
 * that ended before a restart ends twice. A duty that fails is tried again.
 */
@Singleton
class ScoringLoop {
    private static final Logger LOG = Logger.getLogger(ScoringLoop.class);
    private static final long PAUSE_MILLIS = 100;
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1_000;

    private final ScorerConfig config;
    private final ScoringBook book;
    private final ScoringTopics topics;
    private final ScoringMeters meters;
    private final ScoreSetMeters setMeters;
    private final Set<String> mine = ConcurrentHashMap.newKeySet();
    private @Nullable Thread thread;

    ScoringLoop(ScorerConfig config, ScoringBook book, ScoringTopics topics, MeterRegistry registry) {
        this.config = config;
        this.book = book;
        this.topics = topics;
        this.meters = new ScoringMeters(registry, config.gauges());
        this.setMeters = new ScoreSetMeters(registry, config.gauges());
    }

    /** The result of a request. */
    sealed interface Taken {
        record Started(Scoring scoring) implements Taken {}

        /** It is running or completed already. */
        record Known(Scoring scoring) implements Taken {}

        /** Its id belongs to a request for other scores. */
        record Conflict(String reason) implements Taken {}

        /** The topics cannot be read or written now. */
        record Unavailable(String reason) implements Taken {}
    }

    synchronized void start(@Observes StartupEvent event) {
        thread = new Thread(this::loop, "scorings");
        thread.start();
    }

    /** Starts a scoring, unless it is running or completed; one that failed begins again. */
    synchronized Taken request(ScoringPlan plan) {
        String id = plan.id();
        try {
            if (!areReadInTime()) {
                return new Taken.Unavailable("the topics are still being read");
            }
            Scoring known = book.find(id).orElse(null);
            if (known != null && known.state() != Scoring.State.FAILED) {
                return book.asked(id).filter(plan::isSameAs).isPresent()
                        ? new Taken.Known(known)
                        : new Taken.Conflict("id is " + id + ", which is a scoring of another request: allowed is "
                                + "another id, or none");
            }
            long running = book.all().stream()
                    .filter(scoring -> scoring.state() == Scoring.State.RUNNING)
                    .count();
            if (running >= config.mostRunning()) {
                return new Taken.Unavailable(
                        running + " scorings are running, as many as dietsb.scorer.most-running allows");
            }
            mine.add(id);
            ScoreMessage asked = ScoreMessage.newBuilder()
                    .setScoreSet(id)
                    .setRequested(plan.requested(known == null ? 1 : attempt(known) + 1, System.currentTimeMillis()))
                    .build();
            topics.store(ScoringTopics.SCORES, Map.of(id + "/requested", asked.toByteArray()));
            LOG.infof("Scoring %s begins: %d members, %d epochs each", id, plan.members(), plan.scoringEpochs());
            return book.find(id)
                    .<Taken>map(Taken.Started::new)
                    .orElseGet(() -> new Taken.Unavailable("scoring " + id + " was not read back"));
        } catch (ScoringTopics.NotStored failed) {
            return new Taken.Unavailable(String.valueOf(failed.getMessage()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Taken.Unavailable("the scorer is shutting down");
        }
    }

    /** Returns the number of the attempt of a failed scoring, which is in its members' run ids. */
    private static int attempt(Scoring failed) {
        String[] runId = failed.memberRuns().get(0).runId().split("-member-0-try", -1);
        return runId.length == 1 ? 1 : Integer.parseInt(runId[runId.length - 1]);
    }

    private boolean areReadInTime() throws InterruptedException {
        long deadline = System.nanoTime() + config.patience().toNanos();
        while (!topics.areRead()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return true;
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(step() ? PAUSE_MILLIS : PAUSE_AFTER_FAILURE_MILLIS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean step() throws InterruptedException {
        try {
            if (topics.areRead()) {
                for (Duty duty : book.due(Instant.now(), Set.copyOf(mine), config.orderGrace())) {
                    perform(duty);
                }
                meters.show(book.all());
                setMeters.show(book.scoreSets());
            }
            return true;
        } catch (ScoringTopics.NotStored passing) {
            LOG.warnf("Trying again: %s", passing.getMessage());
            return false;
        } catch (RuntimeException failed) {
            LOG.error("A step of the scorings failed; trying again", failed);
            return false;
        }
    }

    private void perform(Duty duty) throws ScoringTopics.NotStored, InterruptedException {
        if (duty instanceof Duty.Order due) {
            TrainingOrder order = due.order();
            topics.store(ScoringTopics.ORDERS, Map.of(order.getRunId(), order.toByteArray()));
        } else if (duty instanceof Duty.Publish due) {
            publish(due.set());
        } else if (duty instanceof Duty.Fail due) {
            ScoreMessage failed = ScoreMessage.newBuilder()
                    .setScoreSet(due.id())
                    .setFailed(ScoringFailed.newBuilder()
                            .setReason(due.reason())
                            .setEpochMillis(System.currentTimeMillis()))
                    .build();
            topics.store(ScoringTopics.SCORES, Map.of(due.id() + "/ended", failed.toByteArray()));
            mine.remove(due.id());
            LOG.infof("Scoring %s failed: %s", due.id(), due.reason());
        }
    }

    private void publish(ScoreSet set) throws ScoringTopics.NotStored, InterruptedException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        ScoreSetWire.messages(set, config.chunkSize())
                .forEach((key, message) -> messages.put(key, message.toByteArray()));
        topics.store(ScoringTopics.SCORES, messages);
        mine.remove(set.manifest().id());
        LOG.infof(
                "Score set %s is published: %d scores, mean %.4f",
                set.manifest().id(), set.manifest().count(), set.manifest().mean());
    }

    void stop(@Observes ShutdownEvent event) {
        close();
    }

    /** Stops the loop. */
    @PreDestroy
    void close() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(5).toMillis());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
