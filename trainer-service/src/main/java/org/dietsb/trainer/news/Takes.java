package org.dietsb.trainer.news;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.dietsb.trainer.wire.RunEvent;
import org.jspecify.annotations.Nullable;

/** The orders that this trainer has taken and not settled yet, and their events. Thread-safe. */
@Singleton
public class Takes {
    private final EventWriter writer;
    private final Map<String, Take> held = new ConcurrentHashMap<>();

    Takes(EventWriter writer) {
        this.writer = writer;
    }

    /**
     * Publishes that this trainer has taken the order of a run.
     *
     * @param newest the newest checkpoint of the run; null if it has none
     * @throws IOException if that cannot be stored
     */
    public void take(Run run, Run.@Nullable Barrier newest) throws IOException, InterruptedException {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        Take take = new Take(run.id(), id, false, newest, run.resumed());
        held.put(run.id(), take);
        EventWriter.await(send(take));
    }

    /** Publishes once more that this trainer has taken the order of a run; returns false if it holds none. */
    boolean repeat(String runId) {
        Take take = held.get(runId);
        if (take != null) {
            var unused = send(take);
        }
        return take != null;
    }

    /** Publishes that the order that this trainer had taken is settled. */
    public void settle(String runId) {
        Take take = held.remove(runId);
        if (take != null) {
            var unused = send(take.ended());
        }
    }

    /** Publishes that every order that this trainer had taken is settled: it ends in order. */
    public void settleAll() {
        held.keySet().forEach(this::settle);
    }

    private CompletableFuture<Void> send(Take take) {
        String key = take.runId() + "/taken/" + take.id();
        return writer.send(
                key, RunEvent.newBuilder().setTake(RunWire.toWire(take)).build());
    }
}
