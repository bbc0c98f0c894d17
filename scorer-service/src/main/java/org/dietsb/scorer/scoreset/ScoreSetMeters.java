package org.dietsb.scorer.scoreset;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.overlap.Overlap;

/** Gauges of the newest score sets; older ones lose theirs, so that the number of gauges is bounded. Single-threaded. */
public final class ScoreSetMeters {
    private static final double[] BOUNDS = {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 1.3, 1.4};
    private static final double PRUNED = .25;

    private final int most;
    private final MultiGauge scores;
    private final MultiGauge means;
    private final MultiGauge overlaps;
    private List<ScoreSet> shown = List.of();

    /** Creates gauges for at most this many sets. */
    public ScoreSetMeters(MeterRegistry registry, int most) {
        this.most = most;
        this.scores = gauge(registry, "dietsb_el2n_scores", "Examples of a score set whose EL2N is at most le");
        this.means = gauge(registry, "dietsb_el2n_mean", "Mean EL2N of a score set, in [0, sqrt 2]");
        this.overlaps = gauge(
                registry,
                "dietsb_el2n_overlap",
                "Share of the quarter that a score set prunes which another set of its dataset prunes too; by chance .25");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Shows the newest of these sets, and compares the newest of all with the others of its dataset. Does nothing if they are unchanged. */
    public void show(List<ScoreSet> oldestFirst) {
        List<ScoreSet> newest = oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
        if (areShown(newest)) {
            return;
        }
        shown = List.copyOf(newest);
        scores.register(shown.stream().flatMap(set -> buckets(set).stream()).toList(), true);
        means.register(
                shown.stream()
                        .<Row<?>>map(set -> Row.of(tags(set), set.manifest().mean()))
                        .toList(),
                true);
        overlaps.register(shown.isEmpty() ? List.of() : overlaps(shown.get(shown.size() - 1)), true);
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

    private static List<Row<?>> buckets(ScoreSet set) {
        int[] upTo = new int[BOUNDS.length];
        for (float score : set.scores()) {
            for (int bound = 0; bound < BOUNDS.length; bound++) {
                upTo[bound] += score <= BOUNDS[bound] ? 1 : 0;
            }
        }
        List<Row<?>> rows = new ArrayList<>();
        for (int bound = 0; bound < BOUNDS.length; bound++) {
            rows.add(Row.of(tags(set).and("le", String.valueOf(BOUNDS[bound])), upTo[bound]));
        }
        rows.add(Row.of(tags(set).and("le", "+Inf"), set.scores().length));
        return rows;
    }

    private List<Row<?>> overlaps(ScoreSet newest) {
        return shown.stream()
                .filter(other -> other != newest
                        && other.manifest()
                                .fingerprint()
                                .equals(newest.manifest().fingerprint()))
                .<Row<?>>map(other -> Row.of(
                        tags(newest).and("other", other.manifest().id()),
                        Overlap.of(El2n.pruned(newest.scores(), PRUNED), El2n.pruned(other.scores(), PRUNED), PRUNED)
                                .overlap()))
                .toList();
    }
}
