package org.dietsb.scorer.scoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.dietsb.kit.stop.CleanStop;
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
    private final RunWriter runs;
    private final ScoringMeters meters;
    private final ScoreSetMeters setMeters;
    /** When this scorer took its newest request for a scoring, by id; another scorer may have taken a newer one. */
    private final Map<String, Long> taken = new ConcurrentHashMap<>();

    private @Nullable Thread thread;

    ScoringLoop(ScorerConfig config, ScoringBook book, ScoringTopics topics, MeterRegistry registry) {
        this.config = config;
        this.book = book;
        this.topics = topics;
        this.runs = new RunWriter(book, topics);
        this.meters = new ScoringMeters(registry);
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

    /** Starts a scoring, unless it is running or completed; one that failed or was cancelled begins again. */
    synchronized Taken request(ScoringPlan plan) {
        String id = plan.id();
        try {
            awaitRead();
            Scoring known = book.find(id).orElse(null);
            if (known != null && !known.state().isLost()) {
                return book.asked(id).filter(plan::isSameAs).isPresent()
                        ? new Taken.Known(known)
                        : new Taken.Conflict("id is " + id + ", which is a scoring of another request: allowed is "
                                + "another id, or none");
            }
            int running = book.running();
            if (running >= config.mostRunning()) {
                return new Taken.Unavailable(
                        running + " scorings are running, as many as dietsb.scorer.most-running allows");
            }
            cancelMembers(id);
            long now = System.currentTimeMillis();
            taken.put(id, now);
            int attempt = known == null ? 1 : attempt(known) + 1;
            // Runs of this id may have been members of a scoring whose score set was deleted.
            while (book.knowsAny(plan.requested(attempt, 0).getMemberRunIdsList())) {
                attempt++;
            }
            ScoreMessage asked = ScoreMessage.newBuilder()
                    .setScoreSet(id)
                    .setRequested(plan.requested(attempt, now))
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

    /**
     * Cancels a scoring and its members, unless it has ended.
     *
     * @return the scoring; empty if there is none of this id
     * @throws ScoringTopics.NotStored if the topics cannot be read or written now
     */
    synchronized Optional<Scoring> cancel(String id) throws ScoringTopics.NotStored, InterruptedException {
        awaitRead();
        if (isRunning(id)) {
            end(id, ScoringFailed.newBuilder().setReason("cancelled").setCancelled(true));
        }
        cancelMembers(id);
        return book.find(id);
    }

    /**
     * Deletes a scoring and its score set, unless runs use it or it is running, while no scoring begins or ends.
     *
     * @return the runs that use it
     * @throws ScoringTopics.NotStored if the topic cannot be written now
     */
    synchronized List<String> deleteUnused(String id) throws ScoringTopics.NotStored, InterruptedException {
        List<String> users = book.usersOf(id);
        if (users.isEmpty() && !isRunning(id)) {
            topics.delete(ScoringTopics.SCORES, book.keysOf(id));
        }
        return users;
    }

    /** Returns the scorings whose newest request this scorer took. */
    Set<String> mine() {
        return taken.entrySet().stream()
                .filter(one -> book.asked(one.getKey())
                        .filter(asked -> asked.getEpochMillis() == one.getValue())
                        .isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private void cancelMembers(String id) throws ScoringTopics.NotStored, InterruptedException {
        for (Duty.Cancel duty : book.cancellations(id, Instant.now())) {
            perform(duty);
        }
    }

    private boolean isRunning(String id) {
        return book.find(id)
                .filter(scoring -> scoring.state() == Scoring.State.RUNNING)
                .isPresent();
    }

    /** Returns the number of the attempt of a lost scoring, which is in its members' run ids. */
    private static int attempt(Scoring failed) {
        String[] runId = failed.memberRuns().get(0).runId().split("-member-0-try", -1);
        return runId.length == 1 ? 1 : Integer.parseInt(runId[runId.length - 1]);
    }

    /** Waits until the topics are read. */
    void awaitRead() throws ScoringTopics.NotStored, InterruptedException {
        long deadline = System.nanoTime() + config.patience().toNanos();
        while (!topics.areRead()) {
            if (System.nanoTime() > deadline) {
                throw new ScoringTopics.NotStored("the topics are still being read", null);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
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
                for (Duty duty : book.due(Instant.now(), mine(), config.orderGrace())) {
                    perform(duty);
                }
                meters.show(
                        book.newestFirst(null, EnumSet.allOf(Scoring.State.class), config.gauges()), book.running());
                setMeters.show(book.scoreSets(), book::scoreSet);
            }
            return true;
        } catch (ScoringTopics.NotStored passing) {
            LOG.warnf("Trying again: %s", passing.getMessage());
            return false;
        } catch (UncheckedIOException unread) {
            LOG.warnf("Trying again: %s", unread.getMessage());
            return false;
        } catch (RuntimeException failed) {
            LOG.error("A step of the scorings failed; trying again", failed);
            return false;
        }
    }

    /** Synchronized, so that no scoring ends twice: its scores are published, or it is cancelled. A duty may be done already. */
    private synchronized void perform(Duty duty) throws ScoringTopics.NotStored, InterruptedException {
        if (duty instanceof Duty.Order due) {
            orderMember(due.order());
        } else if (duty instanceof Duty.Publish due
                && isRunning(due.set().manifest().id())) {
            publish(due.set());
        } else if (duty instanceof Duty.Fail due && isRunning(due.id())) {
            end(due.id(), ScoringFailed.newBuilder().setReason(due.reason()));
        } else if (duty instanceof Duty.Stop due && isRunning(due.id())) {
            end(due.id(), ScoringFailed.newBuilder().setReason(due.reason()).setCancelled(true));
        } else if (duty instanceof Duty.Release due) {
            runs.release(due);
        } else if (duty instanceof Duty.Abandon due) {
            runs.abandon(due);
        } else if (duty instanceof Duty.Cancel due && !book.isCancelled(due.runId())) {
            runs.cancel(due);
        }
    }

    private void orderMember(TrainingOrder order) throws ScoringTopics.NotStored, InterruptedException {
        if (isRunning(order.getMember().getScoringId())) {
            runs.order(order);
        }
    }

    private void end(String id, ScoringFailed.Builder failed) throws ScoringTopics.NotStored, InterruptedException {
        ScoreMessage ended = ScoreMessage.newBuilder()
                .setScoreSet(id)
                .setFailed(failed.setEpochMillis(System.currentTimeMillis()))
                .build();
        topics.store(ScoringTopics.SCORES, Map.of(id + "/ended", ended.toByteArray()));
        LOG.infof("Scoring %s ends without scores: %s", id, failed.getReason());
    }

    private void publish(ScoreSet set) throws ScoringTopics.NotStored, InterruptedException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        ScoreSetWire.messages(set, config.chunkSize())
                .forEach((key, message) -> messages.put(key, message.toByteArray()));
        topics.store(ScoringTopics.SCORES, messages);
        LOG.infof(
                "Score set %s is published: %d scores, mean %.4f",
                set.manifest().id(), set.manifest().count(), set.manifest().mean());
    }

    void stop(@Observes ShutdownEvent event, CleanStop stop) {
        close();
        stop.joined(thread);
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
