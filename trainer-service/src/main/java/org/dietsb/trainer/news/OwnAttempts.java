package org.dietsb.trainer.news;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.contracts.run.StoredRuns;
import org.jspecify.annotations.Nullable;

/** The attempts that run here, and what was written of them: what is read back of them is outdated. Thread-safe. */
final class OwnAttempts {
    private final Map<String, RunNews> running = new ConcurrentHashMap<>();
    /** Attempts that are over, until their end is read: parts written before it may still come, without the parts before those. */
    private final Set<String> ending = ConcurrentHashMap.newKeySet();

    /** Returns what was written of an attempt that runs. */
    RunNews running(String key) {
        return running.computeIfAbsent(key, attempt -> new RunNews());
    }

    /** Notes that an attempt is over. Returns what was written of it; null if it did not run here. */
    @Nullable
    RunNews over(String key) {
        if (running.containsKey(key)) {
            ending.add(key);
        }
        return running.remove(key);
    }

    /** Notes that the end of an attempt was read. */
    void endRead(@Nullable String key) {
        if (key != null) {
            ending.remove(key);
        }
    }

    /** Returns whether the message of this key is of an attempt that runs here, or says how one went on that is over. */
    boolean wrote(@Nullable String key) {
        if (key == null) {
            return false;
        }
        String attempt = StoredRuns.keyOfRun(key);
        return running.containsKey(attempt) || (ending.contains(attempt) && StoredRuns.isPassing(key));
    }
}
