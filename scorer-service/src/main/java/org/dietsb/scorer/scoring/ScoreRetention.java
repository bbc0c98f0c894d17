package org.dietsb.scorer.scoring;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.jboss.logging.Logger;

/**
 * Deletes from topic el2n-scores, once an hour, the scorings and score sets that ended before others or long ago, unless a run that is not
 * over uses them. Each scorer does; a deletion that is written twice does no harm.
 */
@Singleton
class ScoreRetention {
    private static final Logger LOG = Logger.getLogger(ScoreRetention.class);
    private static final long FIRST_MINUTES = 1;
    private static final long BETWEEN_MINUTES = 60;

    private final int most;
    private final Duration longest;
    private final ScoringBook book;
    private final ScoringLoop loop;
    private final ScoringTopics topics;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "score-retention");
        thread.setDaemon(true);
        return thread;
    });

    ScoreRetention(ScorerConfig config, ScoringBook book, ScoringLoop loop, ScoringTopics topics) {
        this.most = config.mostFinished();
        this.longest = config.finishedFor();
        this.book = book;
        this.loop = loop;
        this.topics = topics;
    }

    /** A scoring that is over, or a score set that has none. */
    record Ended(String id, Instant at) {}

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::step, FIRST_MINUTES, BETWEEN_MINUTES, TimeUnit.MINUTES);
    }

    private void step() {
        try {
            if (topics.areRead()) {
                int deleted = deleteOld(Instant.now());
                if (deleted > 0) {
                    LOG.infof(
                            "%d scorings and score sets are deleted: dietsb.scorer.most-finished is %d, finished-for %s",
                            deleted, most, longest);
                }
            }
        } catch (ScoringTopics.NotStored failed) {
            LOG.warnf("Old score sets are not deleted; trying again in an hour: %s", failed.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // An exception would end the schedule.
            LOG.warn("Old score sets are not deleted; trying again in an hour", failed);
        }
    }

    /** Deletes the scorings and score sets that are old now and that no run uses; returns their number. */
    int deleteOld(Instant now) throws ScoringTopics.NotStored, InterruptedException {
        int deleted = 0;
        for (String id : old(ended(now), now, most, longest)) {
            if (loop.deleteUnused(id).isEmpty()) {
                deleted++;
            }
        }
        return deleted;
    }

    /** Returns what is over. A scoring is not, while its members are being cancelled. */
    private List<Ended> ended(Instant now) {
        List<Ended> ended = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (ScoringState scoring : book.scorings()) {
            known.add(scoring.id());
            if (!scoring.isRunning() && book.cancellations(scoring.id(), now).isEmpty()) {
                ended.add(new Ended(scoring.id(), Instant.ofEpochMilli(scoring.endedMillis())));
            }
        }
        for (ScoreSet.Manifest set : book.scoreSets()) {
            if (known.add(set.id())) {
                ended.add(new Ended(set.id(), set.at()));
            }
        }
        return ended;
    }

    /** Returns the ids of what is old, the oldest first: more than so many ended later, or it ended longer ago. */
    static List<String> old(List<Ended> ended, Instant now, int most, Duration longest) {
        List<Ended> oldestFirst = new ArrayList<>(ended);
        oldestFirst.sort(Comparator.comparing(Ended::at));
        List<String> old = new ArrayList<>();
        for (int i = 0; i < oldestFirst.size(); i++) {
            Ended one = oldestFirst.get(i);
            if (oldestFirst.size() - i > most || one.at().isBefore(now.minus(longest))) {
                old.add(one.id());
            }
        }
        return old;
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }
}
