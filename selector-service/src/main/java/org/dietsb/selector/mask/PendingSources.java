package org.dietsb.selector.mask;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.source.Sources;
import org.jboss.logging.Logger;

/**
 * Looks up in threads of its own, so that one slow look-up holds up no other run: what is not there at once is a
 * {@link PendingException}, until it is asked for again and is there. For one thread.
 */
final class PendingSources implements Sources, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PendingSources.class);
    private static final int THREADS = 4;
    /** Maximum number of look-ups that nobody has asked for again. */
    private static final int MOST = 10_000;
    /** Time that a look-up usually takes; waited for only if no other is under way. */
    private static final long USUAL_MILLIS = 20;

    private static final long BETWEEN_FAILURES_MILLIS = 1_000;

    private final Sources sources;
    private final ExecutorService readers = Executors.newFixedThreadPool(THREADS, work -> {
        Thread daemon = new Thread(work, "look-ups");
        daemon.setDaemon(true);
        return daemon;
    });
    private final Map<Question, Future<?>> asked = new Latest<>(MOST);

    /** A look-up, by its kind and its arguments. */
    private record Question(String kind, String name, int examples, int epoch, String fingerprint) {}

    PendingSources(Sources sources) {
        this.sources = sources;
    }

    @Override
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return sources.awaitRead(timeout);
    }

    @Override
    public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
        return look(
                new Question("scores", scoreSet, examples, 0, fingerprint),
                () -> sources.scores(scoreSet, examples, fingerprint));
    }

    @Override
    public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
        return look(
                new Question("record", of, examples, 0, fingerprint), () -> sources.record(of, examples, fingerprint));
    }

    @Override
    public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
        return lookUnrefused(
                new Question("masks", run.name(), run.examples(), epoch, ""), () -> sources.masks(run, epoch));
    }

    @Override
    public Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples) {
        return lookUnrefused(
                new Question("masks of proxy", runId, examples, epoch, ""),
                () -> sources.masks(runId, epoch, examples));
    }

    private <T> T lookUnrefused(Question question, Callable<T> look) {
        try {
            return look(question, look);
        } catch (RefusalException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("unchecked") // A question has one type of answer.
    private <T> T look(Question question, Callable<T> look) throws RefusalException {
        Future<?> found = asked.get(question);
        if (found == null) {
            boolean alone = asked.values().stream().allMatch(Future::isDone);
            found = readers.submit(() -> orLater(look));
            asked.put(question, found);
            if (alone) {
                awaitUsual(found);
            }
        }
        if (!found.isDone()) {
            throw new PendingException();
        }
        asked.remove(question);
        try {
            return (T) found.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RefusalException refusal) {
                throw refusal;
            }
            if (failed.getCause() instanceof KafkaException away) {
                LOG.warnf("The look-up of %s %s is repeated: %s", question.kind, question.name, away.getMessage());
                throw new PendingException();
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new PendingException();
        }
    }

    /** Looks up; reports only after a while that the broker does not answer. */
    private static <T> T orLater(Callable<T> look) throws Exception {
        try {
            return look.call();
        } catch (KafkaException away) {
            Thread.sleep(BETWEEN_FAILURES_MILLIS);
            throw away;
        }
    }

    private static void awaitUsual(Future<?> found) {
        try {
            found.get(USUAL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException later) {
            LOG.trace("Looked at again", later);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
