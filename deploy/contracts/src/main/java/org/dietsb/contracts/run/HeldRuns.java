package org.dietsb.contracts.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The runs of topic run-events by their ids and in their order, as a service describes them. Of the runs that are over, those that came last
 * are held with their long lists, within a bound on the items of all lists together; of the others memory has a summary, and where their
 * messages lie in the topic. Not thread-safe.
 *
 * @param <T> the service's description of a run
 */
public final class HeldRuns<T> {
    private static final Comparator<Place> NEWEST_FIRST = Comparator.comparingLong(Place::queuedMillis)
            .thenComparing(Place::id)
            .reversed();

    private final int mostItems;
    private final Traits<T> traits;
    private final Map<String, Held<T>> byId = new HashMap<>();
    private final TreeMap<Place, Held<T>> newestFirst = new TreeMap<>(NEWEST_FIRST);
    private final Map<String, Held<T>> live = new LinkedHashMap<>();
    /** Number of list items of the runs that are over and held whole, in the order in which they came. */
    private final LinkedHashMap<String, Integer> whole = new LinkedHashMap<>();

    private long items;

    /** Place of a run in the order of all. */
    public record Place(long queuedMillis, String id) {}

    /** What matters here of a description. */
    public interface Traits<T> {
        Place place(T run);

        boolean isOver(T run);

        /** Returns the number of items of its long lists. */
        int items(T run);

        /** Returns the summary of a run. */
        T withoutLists(T run);
    }

    /**
     * A run that is held.
     *
     * @param isWhole whether it has its lists
     * @param offsets of its messages in the topic, the run last; empty if they are not known
     */
    public record Held<T>(T run, boolean isWhole, List<Long> offsets) {
        public Held {
            offsets = List.copyOf(offsets);
        }
    }

    /**
     * Creates an empty collection.
     *
     * @param mostItems of the lists of all runs that are over and held whole
     */
    public HeldRuns(int mostItems, Traits<T> traits) {
        this.mostItems = mostItems;
        this.traits = traits;
    }

    public @Nullable Held<T> find(String id) {
        return byId.get(id);
    }

    /**
     * Takes a run in place of the one with its id.
     *
     * @param offsets of its messages, the run last; empty if they are not known, so that it is held whole
     */
    public void put(T run, List<Long> offsets) {
        String id = traits.place(run).id();
        remove(id);
        Held<T> held = new Held<>(run, true, offsets);
        insert(held);
        if (!traits.isOver(run)) {
            live.put(id, held);
        } else if (!offsets.isEmpty()) {
            whole.put(id, traits.items(run));
            items += traits.items(run);
            forgetLists();
        }
    }

    private void insert(Held<T> held) {
        Place place = traits.place(held.run);
        byId.put(place.id(), held);
        newestFirst.put(place, held);
    }

    private void forgetLists() {
        Iterator<Map.Entry<String, Integer>> oldest = whole.entrySet().iterator();
        while (items > mostItems && oldest.hasNext()) {
            Map.Entry<String, Integer> one = oldest.next();
            items -= one.getValue();
            oldest.remove();
            Held<T> held = byId.get(one.getKey());
            if (held != null) {
                insert(new Held<>(traits.withoutLists(held.run), false, held.offsets));
            }
        }
    }

    public void remove(String id) {
        Held<T> held = byId.remove(id);
        if (held != null) {
            newestFirst.remove(traits.place(held.run));
            live.remove(id);
            Integer size = whole.remove(id);
            items -= size == null ? 0 : size;
        }
    }

    /** Returns all runs, newest first. */
    public List<T> newestFirst() {
        return newestFirst.values().stream().map(Held::run).toList();
    }

    /**
     * Returns the first runs after a place that are wanted, newest first.
     *
     * @param after null for the first of all
     */
    public List<T> newestFirst(@Nullable Place after, Predicate<T> wanted, int most) {
        List<T> page = new ArrayList<>();
        for (Held<T> held : (after == null ? newestFirst : newestFirst.tailMap(after, false)).values()) {
            if (page.size() == most) {
                break;
            }
            if (wanted.test(held.run)) {
                page.add(held.run);
            }
        }
        return page;
    }

    /** Returns the number of all runs. */
    public int size() {
        return byId.size();
    }

    /** Returns the queued and running runs. */
    public List<T> live() {
        return live.values().stream().map(Held::run).toList();
    }

    /** Returns the runs whose lists are held. */
    public List<T> whole() {
        List<T> runs = new ArrayList<>(live());
        for (String id : whole.keySet()) {
            Held<T> held = byId.get(id);
            if (held != null) {
                runs.add(held.run);
            }
        }
        return runs;
    }
}
