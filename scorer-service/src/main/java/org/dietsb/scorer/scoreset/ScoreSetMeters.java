package org.dietsb.scorer.scoreset;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private List<ScoreSet> shown = List.of();

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

    /** Shows the newest of these sets, and compares the newest of all with the others of its dataset. Does nothing if they are unchanged. */
    public void show(List<ScoreSet> oldestFirst) {
        List<ScoreSet> newest = oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
        if (areShown(newest)) {
            return;
        }
        shown = List.copyOf(newest);
        Map<Tags, Double> buckets = new HashMap<>();
        shown.forEach(set -> count(set, buckets));
        scores.show(buckets);
        means.show(shown.stream().collect(Collectors.toMap(ScoreSetMeters::tags, set -> set.manifest()
                .mean())));
        overlaps.show(shown.isEmpty() ? Map.of() : overlaps(shown.get(shown.size() - 1)));
    }

    private boolean areShown(List<ScoreSet> sets) {
        if (sets.size() != shown.size()) {
            return false;
        }
        for (int i = 0; i < sets.size(); i++) {
            if (!sets.get(i).manifest().equals(shown.get(i).manifest())) {
                return false;
            }
        }
        return true;
    }

    private static Tags tags(ScoreSet set) {
        return Tags.of("scoring", set.manifest().id());
    }

    private static void count(ScoreSet set, Map<Tags, Double> buckets) {
        int[] upTo = new int[BOUNDS.length];
        for (float score : set.scores()) {
            for (int bound = 0; bound < BOUNDS.length; bound++) {
                upTo[bound] += score <= BOUNDS[bound] ? 1 : 0;
            }
        }
        for (int bound = 0; bound < BOUNDS.length; bound++) {
            buckets.put(tags(set).and("le", String.valueOf(BOUNDS[bound])), (double) upTo[bound]);
        }
        buckets.put(tags(set).and("le", "+Inf"), (double) set.scores().length);
    }

    private Map<Tags, Double> overlaps(ScoreSet newest) {
        return shown.stream()
                .filter(other -> other != newest
                        && other.manifest()
                                .fingerprint()
                                .equals(newest.manifest().fingerprint()))
                .collect(Collectors.toMap(
                        other -> tags(newest).and("other", other.manifest().id()), other -> Overlap.of(
                                        El2n.pruned(newest.scores(), PRUNED),
                                        El2n.pruned(other.scores(), PRUNED),
                                        PRUNED)
                                .overlap()));
    }
}
