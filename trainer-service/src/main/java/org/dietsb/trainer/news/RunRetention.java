package org.dietsb.trainer.news;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.trainer.TrainerConfig;
import org.jboss.logging.Logger;

/**
 * Deletes from topic run-events, once an hour, everything of the runs that ended before others or long ago. Each trainer does; a deletion that
 * is written twice does no harm.
 */
@Singleton
class RunRetention {
    private static final Logger LOG = Logger.getLogger(RunRetention.class);
    private static final long FIRST_MINUTES = 1;
    private static final long BETWEEN_MINUTES = 60;
    /** Deletions that are written before the first is stored. */
    private static final int AT_ONCE = 1_000;

    private final int most;
    private final Duration longest;
    private final RunRegistry registry;
    private final RunEvents events;
    private final StoredMessages stored;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "run-retention");
        thread.setDaemon(true);
        return thread;
    });

    RunRetention(TrainerConfig config, RunRegistry registry, RunEvents events, StoredMessages stored) {
        this.most = config.mostFinished();
        this.longest = config.finishedFor();
        this.registry = registry;
        this.events = events;
        this.stored = stored;
    }

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::step, FIRST_MINUTES, BETWEEN_MINUTES, TimeUnit.MINUTES);
    }

    private void step() {
        try {
            if (events.isRead()) {
                int deleted = deleteOld(System.currentTimeMillis());
                if (deleted > 0) {
                    LOG.infof(
                            "%d runs are deleted: dietsb.trainer.most-finished is %d, finished-for %s",
                            deleted, most, longest);
                }
            }
        } catch (IOException failed) {
            LOG.warnf("Old runs are not deleted; trying again in an hour: %s", failed.getMessage());
        } catch (RuntimeException failed) {
            // An exception would end the schedule.
            LOG.warn("Old runs are not deleted; trying again in an hour", failed);
        }
    }

    /** Deletes the runs that are old now; returns their number. */
    int deleteOld(long now) throws IOException {
        Set<String> old = old(registry.all(), now, most, longest);
        // The last first, so that no reader finds a part behind a gap.
        List<String> keys = old.isEmpty()
                ? List.of()
                : stored.keys(RunEvents.TOPIC, key -> key.indexOf('/') > 0 && old.contains(StoredRuns.runId(key)));
        for (int first = 0; first < keys.size(); first += AT_ONCE) {
            events.delete(keys.subList(first, Math.min(keys.size(), first + AT_ONCE)));
        }
        return old.size();
    }

    /**
     * Returns the ids of runs that are over and old: more than so many ended later, or they ended longer ago. A run is kept as long as its
     * partner is not over.
     */
    static Set<String> old(List<Run> runs, long now, int most, Duration longest) {
        Set<String> live = new HashSet<>();
        List<Run> over = new ArrayList<>();
        for (Run run : runs) {
            if (run.state().isOver()) {
                over.add(run);
            } else {
                live.add(run.id());
            }
        }
        over.sort(Comparator.comparingLong(Run::endedMillis).reversed());
        Set<String> old = new LinkedHashSet<>();
        for (int i = 0; i < over.size(); i++) {
            Run run = over.get(i);
            boolean isOld = i >= most || run.endedMillis() < now - longest.toMillis();
            String partner = run.order().partner();
            if (isOld && (partner == null || !live.contains(partner))) {
                old.add(run.id());
            }
        }
        return old;
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }
}
