package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** Panels (e) and (f), and the classes of the pruned examples: which examples are easy, hard and pruned. */
public final class ExamplePanels {
    private static final int SHOWN = 20;

    private final Evidence evidence;
    private final Optional<ScoreSet> set;
    private final List<Overlap.Pair> pairs;

    public ExamplePanels(Evidence evidence) {
        this.evidence = evidence;
        SortedMap<Long, ScoreSet> sets =
                evidence.scores(evidence.experiment().setting().model());
        this.set = sets.values().stream().findFirst();
        this.pairs = evidence.selective().map(evidence::pairs).orElse(List.of());
    }

    /** Returns the indices of all images in the report. */
    public Set<Integer> shown() {
        Set<Integer> shown = new TreeSet<>();
        set.ifPresent(scores -> {
            shown.addAll(order(scores.scores().el2n(), 1));
            shown.addAll(order(scores.scores().el2n(), -1));
        });
        combined().ifPresent(ranks -> shown.addAll(order(ranks, 1)));
        return shown;
    }

    /** Returns the fingerprint of the dataset that the images belong to; empty without scores. */
    public String fingerprint() {
        return set.map(one -> one.scores().fingerprint()).orElse("");
    }

    private static List<Integer> order(double[] values, int sign) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> sign * values[i]))
                .limit(SHOWN)
                .toList();
    }

    /** Returns the mean of the ranks by usage and by EL2N [N], one per seed; low = rarely used and easy. */
    private List<double[]> ranks() {
        return pairs.stream()
                .map(pair -> mean(List.of(Overlap.ranks(pair.a()), Overlap.ranks(pair.b()))))
                .toList();
    }

    /** Returns the mean of the ranks over seeds [N]. */
    private Optional<double[]> combined() {
        return pairs.isEmpty() ? Optional.empty() : Optional.of(mean(ranks()));
    }

    private static double[] mean(List<double[]> of) {
        return IntStream.range(0, of.get(0).length)
                .mapToDouble(
                        i -> of.stream().mapToDouble(one -> one[i]).average().orElseThrow())
                .toArray();
    }

    Panel easiestAndHardest() {
        List<Gallery> galleries = set.map(scores -> List.of(
                        gallery("Lowest EL2N: the easiest", scores.scores().el2n(), 1, "%.4f"),
                        gallery(
                                "Highest EL2N: the hardest, or labelled wrong",
                                scores.scores().el2n(),
                                -1,
                                "%.4f")))
                .orElse(List.of());
        return new Panel(
                "Panel (e): the easiest and the hardest",
                List.of(set.map(scores -> Format.text(
                                "The %d training images of lowest and of highest EL2N, by %s. The mean score of all"
                                        + " %4$d images is %3$.4f.",
                                SHOWN,
                                scores.scoring().title(),
                                Arrays.stream(scores.scores().el2n()).average().orElse(0),
                                scores.scores().el2n().length))
                        .orElse("The experiment has no scores.")),
                List.of(),
                galleries,
                List.of());
    }

    Panel lowestCombined() {
        Optional<double[]> ranks = combined();
        return new Panel(
                "Panel (f): lowest combined rank",
                List.of(ranks.map(of -> Format.text(
                                "The %d training images of lowest mean rank by how often %s selected them and by EL2N,"
                                        + " with averaged ties, mean of n = %d seeds; by chance a rank is %.1f.",
                                SHOWN, evidence.selective().orElseThrow().title(), pairs.size(), (of.length + 1) / 2.0))
                        .orElse("This part needs runs of selective and scores.")),
                List.of(),
                ranks.map(of -> List.of(gallery("Lowest combined rank: used least and easiest", of, 1, "rank %.1f")))
                        .orElse(List.of()),
                List.of());
    }

    private Gallery gallery(String caption, double[] values, int sign, String format) {
        int[] labels = set.orElseThrow().scores().labels();
        return new Gallery(
                caption,
                order(values, sign).stream()
                        .map(i -> new Gallery.Picture(i, evidence.className(labels[i]), Format.text(format, values[i])))
                        .toList());
    }

    /** Shows the classes of the lowest-ranked examples, for each way to rank them. */
    public Panel classes() {
        double share = evidence.dietShare();
        Map<String, List<double[]>> ways = new LinkedHashMap<>();
        List<double[]> scored = evidence.scores(evidence.experiment().setting().model()).values().stream()
                .map(one -> one.scores().el2n())
                .toList();
        if (!scored.isEmpty()) {
            ways.put("lowest EL2N", scored);
        }
        if (!pairs.isEmpty()) {
            ways.put(
                    "least used by " + evidence.selective().orElseThrow().title(),
                    pairs.stream().map(Overlap.Pair::a).toList());
            ways.put("lowest combined rank", ranks());
        }
        int[] labels = set.map(one -> one.scores().labels()).orElse(new int[0]);
        int classes = IntStream.of(labels).max().orElse(-1) + 1;
        List<String> names =
                IntStream.range(0, classes).mapToObj(evidence::className).toList();
        Columns<Integer> columns = new Columns<Integer>()
                .add("class", names::get)
                .add(
                        "examples",
                        c -> IntStream.of(labels).filter(label -> label == c).count());
        List<Chart.Series> series = new ArrayList<>();
        ways.forEach((way, values) -> {
            List<Sample> pruned = IntStream.range(0, classes)
                    .mapToObj(c -> ofClass(values, labels, c, share))
                    .toList();
            columns.add("pruned by " + way + ", n = " + values.size(), c -> Words.mean(pruned.get(c), "%.3f"));
            series.add(Chart.Series.of(
                    way,
                    IntStream.range(0, classes)
                            .mapToObj(c -> Chart.Point.of(c, pruned.get(c)))
                            .toList()));
        });
        series.add(Chart.Series.reference(
                "chance", List.of(Chart.Point.chance(0, share), Chart.Point.chance(Math.max(0, classes - 1), share))));
        return new Panel(
                "Classes of what is pruned",
                List.of(Format.text(
                        "Share of each class that is pruned if the lowest %s of all examples are pruned, mean ± sd, bars are 95 %% intervals; by"
                                + " chance, %s of each.",
                        Words.percent(share), Words.percent(share))),
                classes == 0 || classes > 20
                        ? List.of()
                        : List.of(Chart.bars(
                                "Pruned of each class", "class", "share of the class pruned", names, series)),
                List.of(),
                List.of(Grid.of(
                        "Pruned of each class",
                        columns,
                        IntStream.range(0, classes).boxed().toList())));
    }

    private static Sample ofClass(List<double[]> values, int[] labels, int label, double share) {
        List<Double> shares = new ArrayList<>();
        for (double[] each : values) {
            double[] pruned = Overlap.membership(each, share);
            double sum = 0;
            int count = 0;
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == label) {
                    sum += pruned[i];
                    count++;
                }
            }
            shares.add(count == 0 ? 0 : sum / count);
        }
        return new Sample(shares);
    }
}
