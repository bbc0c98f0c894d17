package org.dietsb.trainer.news;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Every run of topic run-events, with its latest attempt only, who has taken its order, and the runs to be cancelled. Thread-safe. */
@ApplicationScoped
public class RunRegistry {
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    /** The cancelled runs, and how often each had been resumed then. */
    private final Map<String, Integer> cancelled = new ConcurrentHashMap<>();

    private final Map<String, Map<String, Take>> takes = new ConcurrentHashMap<>();
    private final Map<String, Long> signs = new ConcurrentHashMap<>();
    private final Map<String, Runnable> onCancel = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Run>> onChange = new ConcurrentHashMap<>();
    private final BroadcastProcessor<Run> news = BroadcastProcessor.create();

    /** Stores a run if it is newer than the known one, and notifies followers, one at a time; returns whether it is. */
    public synchronized boolean accept(Run run) {
        Run known = runs.get(run.id());
        boolean newer = known == null || run.replaces(known);
        if (newer) {
            runs.put(run.id(), run);
            if (run.state().isOver()) {
                takes.remove(run.id());
            }
            sign(run.id());
            news.onNext(run);
            onChange.getOrDefault(run.id(), changed -> {}).accept(run);
        }
        return newer;
    }

    /** Stores where a running attempt is; ignored if another attempt is known, or the end of the run. */
    public synchronized void accept(String runId, long attempt, Run.Position position) {
        find(runId)
                .filter(run -> run.state() == Run.State.RUNNING && run.attempt() == attempt)
                .ifPresent(run -> accept(run.at(position)));
    }

    /** Stores a run with a new id; returns false if the id is taken. */
    synchronized boolean acceptNew(Run run) {
        return runs.putIfAbsent(run.id(), run) == null;
    }

    /** Stores a run if the known one is still this; returns false if not. */
    synchronized boolean acceptAfter(Run known, Run run) {
        return known.equals(runs.get(run.id())) && accept(run);
    }

    /** Notes that a trainer has taken, or settled, the order of a run. */
    synchronized void accept(Take take) {
        if (take.over()) {
            Map<String, Take> ofRun = takes.get(take.runId());
            if (ofRun != null) {
                ofRun.remove(take.id());
            }
        } else if (find(take.runId()).filter(run -> run.state().isOver()).isEmpty()) {
            takes.computeIfAbsent(take.runId(), id -> new ConcurrentHashMap<>()).put(take.id(), take);
        }
        sign(take.runId());
    }

    /** Returns the takes of a run's order that are not over. */
    public List<Take> takes(String runId) {
        return List.copyOf(takes.getOrDefault(runId, Map.of()).values());
    }

    private void sign(String runId) {
        signs.merge(runId, 1L, Long::sum);
        notifyAll();
    }

    /** Counts what has been heard of a run so far. */
    public long signs(String runId) {
        return signs.getOrDefault(runId, 0L);
    }

    /** Waits until more has been heard of a run than this; returns false on timeout. */
    public synchronized boolean awaitSign(String runId, long heard, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (signs(runId) <= heard) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /**
     * Cancels a run.
     *
     * @param resumed how often it has been resumed: later resumptions are not cancelled
     */
    void cancel(String runId, int resumed) {
        cancelled.merge(runId, resumed, Math::max);
        if (isCancelled(runId)) {
            onCancel.getOrDefault(runId, () -> {}).run();
        }
    }

    public boolean isCancelled(String runId) {
        Integer resumed = cancelled.get(runId);
        return resumed != null && resumed >= find(runId).map(Run::resumed).orElse(0);
    }

    /** Calls back when the run is cancelled, possibly twice, and at once if it already is; until {@link #forget}. */
    public void whenCancelled(String runId, Runnable action) {
        onCancel.put(runId, action);
        if (isCancelled(runId)) {
            action.run();
        }
    }

    /** Calls back when the run is over, possibly twice, and at once if it already is; until {@link #forget}. */
    public void whenOver(String runId, Consumer<Run> action) {
        whenChanged(runId, run -> {
            if (run.state().isOver()) {
                action.accept(run);
            }
        });
    }

    /** Calls back at each change of the run, and at once with the run as it is; until {@link #forget}. */
    public synchronized void whenChanged(String runId, Consumer<Run> action) {
        onChange.put(runId, action);
        find(runId).ifPresent(action);
    }

    /** Removes the callbacks of a run. */
    public void forget(String runId) {
        onCancel.remove(runId);
        onChange.remove(runId);
    }

    /** Number of queued and running runs. */
    public long unfinished() {
        return runs.values().stream().filter(run -> !run.state().isOver()).count();
    }

    public Optional<Run> find(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    /** Whether the run has the state. */
    public boolean isIn(Run.State state, String runId) {
        return find(runId).filter(run -> run.state() == state).isPresent();
    }

    /** All runs, newest first. */
    public List<Run> all() {
        return runs.values().stream()
                .sorted(Comparator.comparingLong(Run::queuedMillis)
                        .thenComparing(Run::id)
                        .reversed())
                .toList();
    }

    /** Emits the run as it is, then its changes until it is over. A slow subscriber gets the latest only. */
    public Multi<Run> follow(String runId) {
        Multi<Run> later = news.filter(run -> run.id().equals(runId));
        Multi<Run> now = Multi.createFrom().deferred(() -> Multi.createFrom().optional(find(runId)));
        // Followed by an empty item, since the stream ends at the first item that does not match.
        return Multi.createBy()
                .merging()
                .streams(later, now)
                .onOverflow()
                .dropPreviousItems()
                .onItem()
                .transformToMultiAndConcatenate(run -> run.state().isOver()
                        ? Multi.createFrom().items(Optional.of(run), Optional.<Run>empty())
                        : Multi.createFrom().item(Optional.of(run)))
                .select()
                .first(Optional::isPresent)
                .map(Optional::orElseThrow);
    }
}
