package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.report.Overlap.Pair;
import org.dietsb.launcher.text.Columns;

/** Panels (c) and (d): whether two ways to prune select the same examples. */
final class OverlapPanels {
    private final Evidence evidence;

    OverlapPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Pairs the scores of two models by seed. */
    static List<Pair> bySeed(SortedMap<Long, ScoreSet> a, SortedMap<Long, ScoreSet> b) {
        List<Pair> pairs = new ArrayList<>();
        a.forEach((seed, set) -> {
            ScoreSet other = b.get(seed);
            if (other != null) {
                pairs.add(pair(set, other));
            }
        });
        return pairs;
    }

    static List<Pair> ofSeeds(SortedMap<Long, ScoreSet> sets) {
        List<ScoreSet> all = List.copyOf(sets.values());
        return IntStream.range(0, all.size())
                .boxed()
                .flatMap(i -> all.stream().skip(i + 1).map(other -> pair(all.get(i), other)))
                .toList();
    }

    private static Pair pair(ScoreSet a, ScoreSet b) {
        return new Pair(a.scores().el2n(), b.scores().el2n());
    }

    /** Shows the overlap of pruned sets between architectures and between seeds. */
    Panel ofScores() {
        List<String> models = evidence.experiment().scoringModels();
        Map<String, List<Pair>> pairs = new LinkedHashMap<>();
        for (int i = 0; i < models.size(); i++) {
            SortedMap<Long, ScoreSet> sets = evidence.scores(models.get(i));
            for (String other : models.subList(i + 1, models.size())) {
                pairs.put(models.get(i) + " and " + other + ", same seed", bySeed(sets, evidence.scores(other)));
            }
            pairs.put(models.get(i) + ", two seeds", ofSeeds(sets));
        }
        pairs.values().removeIf(List::isEmpty);
        return new Panel(
                "Panel (c): pruned sets between architectures and between seeds",
                List.of(
                        "Share of the examples pruned by one score set, lowest EL2N first, that another prunes too, at"
                                + " rates from 10 to 90 %; by chance, the rate. Bars are 95 % intervals over three or more pairs.",
                        models.size() > 1
                                ? "Pairs of two seeds share their sets, so their spread is slightly too small."
                                : "The experiment scores with one architecture only."),
                charts("Overlap of pruned sets", "% pruned", "share pruned by both", pairs, 10),
                List.of(),
                List.of(Grid.of("Overlap of pruned sets", columns(), pairs.entrySet())));
    }

    /** Shows the overlap of the examples that SB uses least and those of the lowest EL2N. */
    Panel ofUsage() {
        Map<String, List<Pair>> pairs = new LinkedHashMap<>();
        for (Cell cell : evidence.cells(evidence.experiment().setting())) {
            if (cell.method() == PolicyKind.SELECTIVE && !evidence.pairs(cell).isEmpty()) {
                pairs.put(cell.title(), evidence.pairs(cell));
            }
        }
        return new Panel(
                "Panel (d): least used by selective against lowest EL2N",
                List.of(
                        "Share of the N % of examples that a run of selective selected least often that is among the N % of"
                                + " lowest EL2N, for every N; by chance, N %. Ties of equally often selected examples are"
                                + " broken at random, so the figure is the expected overlap."),
                charts("Least used and lowest", "N, % of all examples", "share among both", pairs, 1),
                List.of(),
                List.of(Grid.of(
                        "Least used by selective and lowest EL2N",
                        columns()
                                .add(
                                        "rank correlation, by chance 0",
                                        one -> Words.mean(Overlap.correlations(one.getValue()), "%.3f")),
                        pairs.entrySet())));
    }

    private static Columns<Map.Entry<String, List<Pair>>> columns() {
        return new Columns<Map.Entry<String, List<Pair>>>()
                .add("pair", Map.Entry::getKey)
                .add("at 25 %, mean ± sd", one -> Words.mean(Overlap.lowest(one.getValue(), .25), "%.3f"))
                .add("at 50 %, mean ± sd", one -> Words.mean(Overlap.lowest(one.getValue(), .5), "%.3f"))
                .add("by chance", one -> ".25, .50")
                .add("n", one -> one.getValue().size());
    }

    /** Returns a chart of the overlaps at every multiple of a step below 100 %; none without pairs. */
    private static List<Chart> charts(String title, String across, String up, Map<String, List<Pair>> pairs, int step) {
        List<Chart.Series> series = new ArrayList<>();
        pairs.forEach((name, of) -> series.add(Chart.Series.of(
                name,
                IntStream.iterate(step, percent -> percent < 100, percent -> percent + step)
                        .mapToObj(percent -> Chart.Point.of(percent, Overlap.lowest(of, percent / 100.0)))
                        .toList())));
        double last = 100 - step;
        series.add(Chart.Series.reference(
                "chance", List.of(Chart.Point.chance(step, step / 100.0), Chart.Point.chance(last, last / 100))));
        return pairs.isEmpty() ? List.of() : List.of(Chart.lines(title, across, up, true, series));
    }
}
