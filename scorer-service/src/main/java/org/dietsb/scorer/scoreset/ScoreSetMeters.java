package org.dietsb.scorer.scoreset;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.overlap.Overlap;

/** Gauges of the newest score sets; older ones lose theirs, so that the number of gauges is bounded. Single-threaded. */
public final class ScoreSetMeters {
    private static final double[] BOUNDS = {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 1.3, 1.4};
    private static final double PRUNED = .25;

    private final int most;
    private final RowGauge scores;
    private final RowGauge means;
    private final RowGauge overlaps;
    private List<ScoreSet.Manifest> shown = List.of();

    /** Creates gauges for at most this many sets. */
    public ScoreSetMeters(MeterRegistry registry, int most) {
        this.most = most;
        this.scores = new RowGauge(registry, "dietsb_el2n_scores", "Examples of a score set whose EL2N is at most le");
        this.means = new RowGauge(registry, "dietsb_el2n_mean", "Mean EL2N of a score set, in [0, sqrt 2]");
        this.overlaps = new RowGauge(
                registry,
                "dietsb_el2n_overlap",
                "Share of the quarter that a score set prunes which another set of its dataset prunes too; by chance .25");
    }

    /**
     * Shows the newest of these sets, and compares the newest of all with the others of its dataset. Does nothing if they are unchanged.
     *
     * @param scoresOf reads a set by its id
     */
    public void show(List<ScoreSet.Manifest> oldestFirst, Function<String, Optional<ScoreSet>> scoresOf) {
        List<ScoreSet.Manifest> newest =
                oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
        if (shown.equals(newest)) {
            return;
        }
        // One after the other, so that memory needs no room for all of them.
        Map<Tags, Double> buckets = new HashMap<>();
        newest.forEach(set -> scoresOf.apply(set.id()).ifPresent(whole -> count(whole, buckets)));
        Map<Tags, Double> shares = newest.isEmpty() ? Map.of() : overlaps(newest, scoresOf);
        scores.show(buckets);
        means.show(newest.stream().collect(Collectors.toMap(ScoreSetMeters::tags, ScoreSet.Manifest::mean)));
        overlaps.show(shares);
        shown = List.copyOf(newest);
    }

    private static Tags tags(ScoreSet.Manifest set) {
        return Tags.of("scoring", set.id());
    }

    private static void count(ScoreSet set, Map<Tags, Double> buckets) {
        int[] upTo = new int[BOUNDS.length];
        for (float score : set.scores()) {
            for (int bound = 0; bound < BOUNDS.length; bound++) {
                upTo[bound] += score <= BOUNDS[bound] ? 1 : 0;
            }
        }
        for (int bound = 0; bound < BOUNDS.length; bound++) {
            buckets.put(tags(set.manifest()).and("le", String.valueOf(BOUNDS[bound])), (double) upTo[bound]);
        }
        buckets.put(tags(set.manifest()).and("le", "+Inf"), (double) set.scores().length);
    }

    private static Map<Tags, Double> overlaps(
            List<ScoreSet.Manifest> sets, Function<String, Optional<ScoreSet>> scoresOf) {
        ScoreSet.Manifest newest = sets.get(sets.size() - 1);
        Map<Tags, Double> shares = new HashMap<>();
        scoresOf.apply(newest.id()).ifPresent(whole -> sets.stream()
                .filter(other -> other != newest && other.fingerprint().equals(newest.fingerprint()))
                .forEach(other -> scoresOf.apply(other.id())
                        .ifPresent(one -> shares.put(
                                tags(newest).and("other", other.id()),
                                Overlap.of(
                                                El2n.pruned(whole.scores(), PRUNED),
                                                El2n.pruned(one.scores(), PRUNED),
                                                PRUNED)
                                        .overlap()))));
        return shares;
    }
}
