package org.dietsb.trainer.news;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Every run of topic run-events, with its latest attempt only, and the runs to be cancelled. Thread-safe. */
@ApplicationScoped
public class RunRegistry {
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Map<String, Runnable> onCancel = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Run>> onOver = new ConcurrentHashMap<>();
    private final BroadcastProcessor<Run> news = BroadcastProcessor.create();

    /** Stores a run if it is newer than the known one, and notifies followers, one at a time. */
    public synchronized void accept(Run run) {
        Run known = runs.get(run.id());
        if (known == null || run.replaces(known)) {
            runs.put(run.id(), run);
            news.onNext(run);
            if (run.state().isOver()) {
                onOver.getOrDefault(run.id(), over -> {}).accept(run);
            }
        }
    }

    /** Stores a run with a new id; returns false if the id is taken. */
    synchronized boolean acceptNew(Run run) {
        return runs.putIfAbsent(run.id(), run) == null;
    }

    void cancel(String runId) {
        cancelled.add(runId);
        onCancel.getOrDefault(runId, () -> {}).run();
    }

    public boolean isCancelled(String runId) {
        return cancelled.contains(runId);
    }

    /** Calls back when the run is cancelled, possibly twice, and at once if it already is; until {@link #forget}. */
    public void whenCancelled(String runId, Runnable action) {
        onCancel.put(runId, action);
        if (isCancelled(runId)) {
            action.run();
        }
    }

    /** Calls back when the run is over, possibly twice, and at once if it already is; until {@link #forget}. */
    public synchronized void whenOver(String runId, Consumer<Run> action) {
        onOver.put(runId, action);
        find(runId).filter(run -> run.state().isOver()).ifPresent(action);
    }

    /** Removes the callbacks of a run. */
    public void forget(String runId) {
        onCancel.remove(runId);
        onOver.remove(runId);
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
