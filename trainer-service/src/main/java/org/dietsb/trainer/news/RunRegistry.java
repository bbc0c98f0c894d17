package org.dietsb.trainer.news;

import org.dietsb.trainer.Takes;

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

/** Every run that topic run-events tells of, its latest attempt alone, and what is to be cancelled. Thread-safe. */
@ApplicationScoped
class RunRegistry {
    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Map<String, Runnable> onCancel = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Run>> onOver = new ConcurrentHashMap<>();
    private final BroadcastProcessor<Run> news = BroadcastProcessor.create();

    /** Takes in what is new; tells whoever follows, one at a time. */
    synchronized void accept(Run run) {
        Run known = runs.get(run.order().runId());
        if (known == null || run.replaces(known)) {
            runs.put(run.order().runId(), run);
            news.onNext(run);
            if (run.state().isOver()) {
                onOver.getOrDefault(run.order().runId(), over -> {}).accept(run);
            }
        }
    }

    /** Takes in a run whose id no other has; false if one has. */
    synchronized boolean acceptNew(Run run) {
        return runs.putIfAbsent(run.order().runId(), run) == null;
    }

    void cancel(String runId) {
        cancelled.add(runId);
        onCancel.getOrDefault(runId, () -> {}).run();
    }

    boolean isCancelled(String runId) {
        return cancelled.contains(runId);
    }

    /** Does this when the run is cancelled, perhaps twice, and now if it is already; until {@link #forget}. */
    void whenCancelled(String runId, Runnable action) {
        onCancel.put(runId, action);
        if (isCancelled(runId)) {
            action.run();
        }
    }

    /** Does this when the run is over, perhaps twice, and now if it is already; until {@link #forget}. */
    synchronized void whenOver(String runId, Consumer<Run> action) {
        onOver.put(runId, action);
        find(runId).filter(run -> run.state().isOver()).ifPresent(action);
    }

    void forget(String runId) {
        onCancel.remove(runId);
        onOver.remove(runId);
    }

    /** Runs that are queued or running. */
    long unfinished() {
        return runs.values().stream().filter(run -> !run.state().isOver()).count();
    }

    Optional<Run> find(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    /** Newest first. */
    List<Run> all() {
        return runs.values().stream()
                .sorted(Comparator.comparingLong(Run::queuedMillis)
                        .thenComparing(run -> run.order().runId())
                        .reversed())
                .toList();
    }

    /** The run as it is, then its news until it is over; the latest alone to whoever cannot keep up. */
    Multi<Run> follow(String runId) {
        Multi<Run> later = news.filter(run -> run.order().runId().equals(runId));
        Multi<Run> now = Multi.createFrom().deferred(() -> Multi.createFrom().optional(find(runId)));
        // An empty one after the last, since a stream ends at the first item that is not wanted.
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
