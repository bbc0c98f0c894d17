package org.dietsb.contracts.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.contracts.MessageAt;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * Where in topic run-events the messages lie that stay there of a run that is over. The parts are noted as they are read, until their run
 * is. Not thread-safe.
 */
public final class StoredRuns {
    /** Offsets by key, in the order in which they were written last, by the key of the attempt's run. */
    private final Map<String, LinkedHashMap<String, Long>> parts = new HashMap<>();

    /** Returns the part of a key that is the key of its attempt's run; the key itself if it has none. */
    public static String keyOfRun(String key) {
        int attempt = key.indexOf('/', key.indexOf('/') + 1);
        return attempt < 0 ? key : key.substring(0, attempt);
    }

    /** Returns the run id of a key; the key itself if it has none. */
    public static String runId(String key) {
        int end = key.indexOf('/');
        return end < 0 ? key : key.substring(0, end);
    }

    /** Returns whether the message of this key is deleted at the end of its run: it says only how the run went on. */
    public static boolean isPassing(String key) {
        return key.contains("/now") || key.endsWith("/beat");
    }

    /** Notes where a part lies. What is deleted at the end of its run is passed over. */
    public void part(@Nullable String key, long offset) {
        if (key == null || key.contains("/now")) {
            return;
        }
        LinkedHashMap<String, Long> ofRun = parts.computeIfAbsent(keyOfRun(key), attempt -> new LinkedHashMap<>());
        ofRun.remove(key);
        ofRun.put(key, offset);
    }

    /** Returns where the messages of a run lie that is over, itself last. */
    public List<Long> over(@Nullable String key, Run run, long offset) {
        LinkedHashMap<String, Long> ofRun = key == null ? null : parts.remove(key);
        boolean hasParts =
                run.getPoliciesInParts() != 0 || run.getEpochsInParts() != 0 || run.getKeptPerClassInParts() != 0;
        List<Long> offsets = new ArrayList<>(hasParts && ofRun != null ? ofRun.values() : List.of());
        offsets.add(offset);
        return offsets;
    }

    /**
     * Reads a run again.
     *
     * @param offsets of its messages, the run last
     * @return the run with its lists; empty if it is no longer there
     * @throws IOException if the topic cannot be read now
     */
    public static Optional<Run> read(String runId, List<Long> offsets, MessageAt topic) throws IOException {
        WholeRuns whole = new WholeRuns();
        for (long offset : offsets) {
            Optional<byte[]> message = topic.read(offset);
            if (message.isEmpty()) {
                return Optional.empty();
            }
            RunEvent event = RunEvent.parseFrom(message.get());
            if (event.hasPart()) {
                whole.add(event.getPart());
            } else if (event.getRun().getOrder().getRunId().equals(runId)) {
                return Optional.of(whole.whole(event.getRun()));
            }
        }
        return Optional.empty();
    }
}
