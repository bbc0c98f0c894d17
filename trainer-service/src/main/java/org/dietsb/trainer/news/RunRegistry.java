package org.dietsb.trainer.news;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.dietsb.contracts.run.HeldRuns;
import org.dietsb.contracts.run.StoredRuns;
import org.jspecify.annotations.Nullable;

/**
 * Every run of topic run-events, with its latest attempt only, who has taken its order, and the runs to be cancelled. Most runs that are
 * over are without their lists: {@link RunDetails} reads these from the topic. Thread-safe.
 */
@ApplicationScoped
public class RunRegistry {
    /** Maximum number of epochs, placed policies and classes of the runs that are over and held whole: some 5 MB. */
    private static final int MOST_ITEMS = 20_000;

    /** Guarded by this. */
    private final HeldRuns<TotaledRun> runs;
    /** The cancelled runs, and how often each had been resumed then. */
    private final Map<String, Integer> cancelled = new ConcurrentHashMap<>();

    private final Map<String, Map<String, Take>> takes = new ConcurrentHashMap<>();
    private final Map<String, Long> signs = new ConcurrentHashMap<>();
    private final Map<String, Runnable> onCancel = new ConcurrentHashMap<>();
    private final Map<String, Consumer<Run>> onChange = new ConcurrentHashMap<>();
    private final BroadcastProcessor<Run> news = BroadcastProcessor.create();

    public RunRegistry() {
        this(MOST_ITEMS);
    }

    /**
     * Creates an empty registry.
     *
     * @param mostItems of the lists of all runs that are over and held whole
     */
    RunRegistry(int mostItems) {
        this.runs = new HeldRuns<>(mostItems, TotaledRun.TRAITS);
    }

    /** Stores a run if it is newer than the known one, and notifies followers, one at a time; returns whether it is. */
    public boolean accept(Run run) {
        return accept(run, List.of());
    }

    /**
     * Stores a run as it was read.
     *
     * @param offsets of its messages, the run last
     */
    synchronized boolean accept(Run run, List<Long> offsets) {
        HeldRuns.Held<TotaledRun> known = runs.find(run.id());
        boolean newer = known == null || run.replaces(known.run().run());
        if (newer) {
            runs.put(TotaledRun.of(run), offsets);
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
        if (runs.find(run.id()) != null) {
            return false;
        }
        runs.put(TotaledRun.of(run), List.of());
        return true;
    }

    /** Stores a run if the known one is still in the same state of the same attempt; returns false if not. */
    synchronized boolean acceptAfter(Run known, Run run) {
        return find(run.id())
                        .filter(now -> now.attempt() == known.attempt()
                                && now.resumed() == known.resumed()
                                && now.state() == known.state())
                        .isPresent()
                && accept(run);
    }

    /** Forgets a run of which nothing is stored any more, if it is over and its message has this key; returns whether it does. */
    synchronized boolean removed(String key) {
        String id = StoredRuns.runId(key);
        boolean known = find(id).filter(
                        run -> run.state().isOver() && RunNews.key(run).equals(key))
                .isPresent();
        if (known) {
            runs.remove(id);
            takes.remove(id);
            cancelled.remove(id);
            signs.remove(id);
        }
        return known;
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

    /** Number of queued and running runs of trainers. */
    public synchronized long unfinished() {
        return runs.live().stream().filter(one -> !one.run().order().foreign()).count();
    }

    /** Returns the queued and running runs. */
    public synchronized List<Run> live() {
        return runs.live().stream().map(TotaledRun::run).toList();
    }

    /** Returns the runs whose lists are in memory: the queued and running ones, and those that ended last. */
    public synchronized List<Run> whole() {
        return runs.whole().stream().map(TotaledRun::run).toList();
    }

    /** Returns the number of runs in each state. */
    public synchronized Map<Run.State, Integer> counts() {
        Map<Run.State, Integer> counts = new EnumMap<>(Run.State.class);
        runs.newestFirst().forEach(one -> counts.merge(one.run().state(), 1, Integer::sum));
        return counts;
    }

    /** Returns a run; without its lists if it is over and not one of those that ended last. */
    public synchronized Optional<Run> find(String runId) {
        return held(runId).map(one -> one.run().run());
    }

    /** Returns the sums over the epochs of a run. */
    public synchronized Optional<Totals> totals(String runId) {
        return held(runId).map(one -> one.run().totals());
    }

    private synchronized Optional<HeldRuns.Held<TotaledRun>> held(String runId) {
        return Optional.ofNullable(runs.find(runId));
    }

    /** Returns whether the lists of a run are in the topic only. */
    synchronized boolean isInTopic(String runId) {
        return held(runId).filter(one -> !one.isWhole()).isPresent();
    }

    /** Returns where the messages of a run lie in the topic, the run last; empty if that is not known. */
    synchronized List<Long> offsets(String runId) {
        return held(runId).map(HeldRuns.Held::offsets).orElse(List.of());
    }

    /** Whether the run has the state. */
    public boolean isIn(Run.State state, String runId) {
        return find(runId).filter(run -> run.state() == state).isPresent();
    }

    /** All runs, newest first. */
    public synchronized List<Run> all() {
        return runs.newestFirst().stream().map(TotaledRun::run).toList();
    }

    /**
     * Returns a page of runs, newest first.
     *
     * @param after the last run of the page before, which need not be known any more; null for the first page
     */
    public synchronized List<Run> page(HeldRuns.@Nullable Place after, Predicate<Run> wanted, int most) {
        return runs.newestFirst(after, one -> wanted.test(one.run()), most).stream()
                .map(TotaledRun::run)
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
