package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Method;

/** Panels (c) and (d): whether two ways to prune select the same examples. */
final class OverlapPanels {
    private static final List<String> HEADINGS =
            List.of("pair", "at 25 %, mean ± sd", "at 50 %, mean ± sd", "by chance", "n");

    private final Evidence evidence;

    OverlapPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Two score sets of the same examples. */
    record Sets(double[] a, double[] b) {}

    /** Pairs the sets of two models by seed. */
    static List<Sets> bySeed(SortedMap<Long, ScoreSet> a, SortedMap<Long, ScoreSet> b) {
        List<Sets> pairs = new ArrayList<>();
        a.forEach((seed, set) -> {
            ScoreSet other = b.get(seed);
            if (other != null) {
                pairs.add(new Sets(set.scores().el2n(), other.scores().el2n()));
            }
        });
        return pairs;
    }

    /** Returns all pairs of sets of one model. */
    static List<Sets> ofSeeds(SortedMap<Long, ScoreSet> sets) {
        List<ScoreSet> all = List.copyOf(sets.values());
        List<Sets> pairs = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                pairs.add(
                        new Sets(all.get(i).scores().el2n(), all.get(j).scores().el2n()));
            }
        }
        return pairs;
    }

    static Sample overlaps(List<Sets> pairs, double share) {
        return new Sample(pairs.stream()
                .map(pair -> Overlap.lowest(pair.a, pair.b, share))
                .toList());
    }

    /** Shows the overlap of pruned sets between architectures and between seeds. */
    Panel ofScores() {
        List<String> models = evidence.experiment().scoringModels();
        Map<String, List<Sets>> pairs = new LinkedHashMap<>();
        for (int i = 0; i < models.size(); i++) {
            SortedMap<Long, ScoreSet> sets = evidence.scores(models.get(i));
            for (int j = i + 1; j < models.size(); j++) {
                pairs.put(
                        models.get(i) + " and " + models.get(j) + ", same seed",
                        bySeed(sets, evidence.scores(models.get(j))));
            }
            pairs.put(models.get(i) + ", two seeds", ofSeeds(sets));
        }
        pairs.values().removeIf(List::isEmpty);
        List<Chart.Series> series = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        pairs.forEach((name, of) -> {
            List<Chart.Point> points = new ArrayList<>();
            for (int rate = 10; rate <= 90; rate += 10) {
                points.add(Chart.Point.of(rate, overlaps(of, rate / 100.0)));
            }
            series.add(new Chart.Series(name, false, points));
            rows.add(row(name, overlaps(of, .25), overlaps(of, .5)));
        });
        series.add(chance(10, 90));
        return new Panel(
                "Panel (c): pruned sets between architectures and between seeds",
                List.of(
                        "Share of the examples pruned by one score set, lowest EL2N first, that another prunes too, at rates"
                                + " from 10 to 90 %; by chance, the rate. Bars are a standard deviation over pairs.",
                        models.size() > 1
                                ? "Pairs of two seeds share their sets, so their spread is slightly too small."
                                : "The experiment scores with one architecture only."),
                pairs.isEmpty()
                        ? List.of()
                        : List.of(Chart.lines(
                                "Overlap of pruned sets", "% pruned", "share pruned by both", true, series)),
                List.of(),
                List.of(new Grid("Overlap of pruned sets", HEADINGS, rows)));
    }

    /** Shows the overlap of the examples that SB uses least and those of the lowest EL2N. */
    Panel ofUsage() {
        List<Chart.Series> series = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Cell cell : evidence.cells(evidence.experiment().setting())) {
            List<Evidence.Pair> pairs = cell.method() == Method.SELECTIVE ? evidence.pairs(cell) : List.of();
            if (pairs.isEmpty()) {
                continue;
            }
            List<Chart.Point> points = new ArrayList<>();
            for (int share = 1; share <= 99; share++) {
                points.add(Chart.Point.of(share, usage(pairs, share / 100.0)));
            }
            series.add(new Chart.Series(cell.title(), false, points));
            List<String> row = new ArrayList<>(row(cell.title(), usage(pairs, .25), usage(pairs, .5)));
            row.add(Words.mean(correlations(pairs), "%.3f"));
            rows.add(row);
        }
        series.add(chance(1, 99));
        List<String> headings = new ArrayList<>(HEADINGS);
        headings.add("rank correlation, by chance 0");
        return new Panel(
                "Panel (d): least used by SB against lowest EL2N",
                List.of(
                        "Share of the N % of examples that a run of SB selected least often that is among the N % of lowest"
                                + " EL2N, for every N; by chance, N %. Ties of equally often selected examples are broken at"
                                + " random, so the figure is the expected overlap."),
                rows.isEmpty()
                        ? List.of()
                        : List.of(Chart.lines(
                                "Least used and lowest", "N, % of all examples", "share among both", true, series)),
                List.of(),
                List.of(new Grid("Least used by SB and lowest EL2N", headings, rows)));
    }

    /** Returns the rank correlation of usage and EL2N, one per seed. */
    static Sample correlations(List<Evidence.Pair> pairs) {
        return new Sample(pairs.stream()
                .map(pair -> Overlap.correlation(pair.times(), pair.el2n()))
                .filter(found -> !found.isNaN())
                .toList());
    }

    /** Returns the overlap of the least used and the lowest share, one per seed. */
    static Sample usage(List<Evidence.Pair> pairs, double share) {
        return new Sample(pairs.stream()
                .map(pair -> Overlap.lowest(pair.times(), pair.el2n(), share))
                .toList());
    }

    private static List<String> row(String name, Sample quarter, Sample half) {
        return List.of(
                name, Words.mean(quarter, "%.3f"), Words.mean(half, "%.3f"), ".25, .50", String.valueOf(quarter.n()));
    }

    private static Chart.Series chance(int from, int to) {
        return new Chart.Series(
                "chance", true, List.of(Chart.Point.chance(from, from / 100.0), Chart.Point.chance(to, to / 100.0)));
    }
}
