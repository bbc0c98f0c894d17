package org.dietsb.selector.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.contracts.run.HeldRuns;
import org.jspecify.annotations.Nullable;

/** The runs that were read, each in its latest state, with their proxies and the requests to cancel them. Thread-safe. */
final class KnownRuns {
    /** Maximum number of epochs and placed policies of the runs that are over and held whole: some 4 MB. */
    private static final int MOST_ITEMS = 20_000;

    private final HeldRuns<RunSheet> runs = new HeldRuns<>(MOST_ITEMS, new OfSheets());
    /** The proxies of runs, by the ids of the runs. */
    private final Map<String, String> proxies = new HashMap<>();
    /** The runs that are to be cancelled, and how often each had been resumed then. */
    private final Map<String, Integer> cancelled = new HashMap<>();

    private static final class OfSheets implements HeldRuns.Traits<RunSheet> {
        @Override
        public HeldRuns.Place place(RunSheet run) {
            return new HeldRuns.Place(run.queued().toEpochMilli(), run.id());
        }

        @Override
        public boolean isOver(RunSheet run) {
            return !run.isLive();
        }

        @Override
        public int items(RunSheet run) {
            return run.figures().size() + run.placed().size();
        }

        @Override
        public RunSheet withoutLists(RunSheet run) {
            return run.withoutLists();
        }
    }

    /** Returns a run, which may be without its lists if it is over. */
    Optional<RunSheet> find(String id) {
        return Optional.ofNullable(held(id)).map(HeldRuns.Held::run);
    }

    /** Returns how a run is held; null if it is not known. */
    synchronized HeldRuns.@Nullable Held<RunSheet> held(String id) {
        return runs.find(id);
    }

    /** Returns the proxy of a run, which may be without its lists. */
    synchronized Optional<RunSheet> proxyOf(String runId) {
        return Optional.ofNullable(proxies.get(runId)).flatMap(this::find);
    }

    /** Returns all runs, the one queued last first. */
    synchronized List<RunSheet> newestFirst() {
        return runs.newestFirst();
    }

    /** Returns the queued and running runs. */
    synchronized List<RunSheet> live() {
        return runs.live();
    }

    /**
     * Takes the state of a run, unless a later one is known.
     *
     * @param offsets of its messages in the topic, the run last; empty if it is live
     */
    synchronized void put(RunSheet run, List<Long> offsets) {
        HeldRuns.Held<RunSheet> old = runs.find(run.id());
        if (old == null || run.isLaterThan(old.run())) {
            runs.put(run, offsets);
            if (!run.proxyOf().isEmpty()) {
                proxies.put(run.proxyOf(), run.id());
            }
        }
    }

    /** Takes the position of a run that is running. */
    synchronized void moved(RunSheet run) {
        runs.put(run, List.of());
    }

    /** Notes a request to cancel a run that had been resumed so often. */
    synchronized void cancel(String id, int resumed) {
        cancelled.merge(id, resumed, Math::max);
    }

    /** Whether the run is queued or running, and there is a request to cancel it. */
    synchronized boolean isToBeCancelled(RunSheet run) {
        Integer resumed = cancelled.get(run.id());
        return run.isLive() && resumed != null && resumed >= run.resumed();
    }

    /** Forgets a run. */
    synchronized void remove(RunSheet run) {
        runs.remove(run.id());
        proxies.remove(run.proxyOf(), run.id());
        cancelled.remove(run.id());
    }
}
