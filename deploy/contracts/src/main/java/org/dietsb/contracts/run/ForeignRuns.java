package org.dietsb.contracts.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When the running runs that loops of their own train were last heard of. Nobody takes over such a run when its process dies, so that it
 * seems lost once it is silent. Thread-safe.
 */
public final class ForeignRuns {
    private final long lostAfterMillis;
    private final Map<String, Long> heard = new ConcurrentHashMap<>();

    /**
     * Creates one without runs.
     *
     * @param lostAfter silence after which a run seems lost
     */
    public ForeignRuns(Duration lostAfter) {
        this.lostAfterMillis = lostAfter.toMillis();
    }

    /**
     * Notes an event of a run.
     *
     * @param running whether it is a running run of a loop of its own; others are forgotten
     * @param atMillis time of the event by the broker's clock, in milliseconds since 1970
     */
    public void heard(String runId, boolean running, long atMillis) {
        if (running) {
            heard.merge(runId, atMillis, Math::max);
        } else {
            heard.remove(runId);
        }
    }

    /** Returns when a run was last heard of, if that is so long ago that it seems lost; empty for others. */
    public Optional<Instant> lostSince(String runId, long nowMillis) {
        Long last = heard.get(runId);
        return last == null || nowMillis - last <= lostAfterMillis
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(last));
    }

    /** Returns how many runs seem lost. */
    public int lost(long nowMillis) {
        return (int) heard.values().stream()
                .filter(last -> nowMillis - last > lostAfterMillis)
                .count();
    }
}
