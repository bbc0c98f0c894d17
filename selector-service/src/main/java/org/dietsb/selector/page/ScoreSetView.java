package org.dietsb.selector.page;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dietsb.selector.diet.Agreement;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.report.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The easiest and hardest examples according to EL2N, beside those that a run used least.
 *
 * @param run the run whose usage is shown, or empty
 * @param least the least selected examples; empty if the usage is unknown
 * @param besideEl2n how alike the scores are to those of another EL2N set, in words; empty if there is none
 * @param overlap share of the run's least used quarter that is in EL2N's easiest quarter, as text; empty if the usage is unknown
 */
record ScoreSetView(
        String id,
        String dataset,
        String fingerprint,
        int examples,
        List<Shown> lowest,
        List<Shown> highest,
        List<String> runs,
        String run,
        List<Shown> least,
        String overlap,
        String besideEl2n) {
    private static final int SHOWN = 20;
    private static final int PART = 4;

    /**
     * An image and its caption.
     *
     * @param label its class; empty if it is unknown
     */
    record Shown(int index, String words, String label) {}

    /**
     * Creates the view.
     *
     * @param classes names of the classes; empty if they are unknown
     */
    static ScoreSetView of(
            ScoreSets.Found.Whole whole,
            List<String> classes,
            List<String> runs,
            String run,
            Optional<Usage> reported,
            Optional<Agreement> besideEl2n) {
        ScoreSet set = whole.scores();
        float[] scores = set.scores();
        int[] easyFirst = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparing(index -> scores[index]))
                .mapToInt(Integer::intValue)
                .toArray();
        int shown = Math.min(SHOWN, scores.length);
        @Nullable
        Usage usage = reported.filter(of -> of.examples() == scores.length).orElse(null);
        return new ScoreSetView(
                set.id(),
                whole.dataset(),
                set.fingerprint(),
                scores.length,
                shown(IntStream.range(0, shown).map(place -> easyFirst[place]), set, classes),
                shown(IntStream.range(0, shown).map(place -> easyFirst[scores.length - 1 - place]), set, classes),
                runs,
                run,
                usage == null
                        ? List.of()
                        : usage.least(SHOWN).stream()
                                .map(used ->
                                        new Shown(used.index(), used.times() + "x", label(set, used.index(), classes)))
                                .toList(),
                usage == null ? "" : overlap(usage, easyFirst),
                besideEl2n.map(ScoreSetView::words).orElse(""));
    }

    private static String words(Agreement other) {
        return "Beside EL2N set " + other.scoreSet() + ": rank correlation " + Words.number(other.rankCorrelation())
                + " (by chance 0); the quarters with the lowest scores share " + Words.percent(other.lowestQuarter())
                + " (by chance " + Words.percent(other.chance()) + ").";
    }

    private static List<Shown> shown(IntStream indices, ScoreSet set, List<String> classes) {
        return indices.mapToObj(index ->
                        new Shown(index, Words.number((double) set.scores()[index]), label(set, index, classes)))
                .toList();
    }

    private static String label(ScoreSet set, int index, List<String> classes) {
        if (set.labels().length == 0) {
            return "";
        }
        int label = set.labels()[index];
        return label < classes.size() ? classes.get(label) : "class " + label;
    }

    private static String overlap(Usage usage, int[] easyFirst) {
        int part = Math.max(1, easyFirst.length / PART);
        BitSet easy = new BitSet();
        IntStream.range(0, part).forEach(place -> easy.set(easyFirst[place]));
        long both = usage.least(part).stream()
                .filter(used -> easy.get(used.index()))
                .count();
        return Words.percent((double) both / part);
    }
}
