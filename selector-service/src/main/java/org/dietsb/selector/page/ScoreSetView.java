package org.dietsb.selector.page;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.report.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What EL2N finds easy and hard, beside what a run hardly used.
 *
 * @param run whose usage it is, or empty
 * @param least its least selected examples; none where no usage is known
 * @param overlap how much of what the run used least EL2N finds easy, in words; empty where no usage is known
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
        String overlap) {
    private static final int SHOWN = 20;
    private static final int PART = 4;

    /** An image and what is said of it. */
    record Shown(int index, String words) {}

    static ScoreSetView of(ScoreSets.Found.Whole whole, List<String> runs, String run, Optional<Usage> told) {
        ScoreSet set = whole.scores();
        float[] scores = set.scores();
        int[] easyFirst = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparing(index -> scores[index]))
                .mapToInt(Integer::intValue)
                .toArray();
        int shown = Math.min(SHOWN, scores.length);
        @Nullable
        Usage usage = told.filter(of -> of.examples() == scores.length).orElse(null);
        return new ScoreSetView(
                set.id(),
                whole.dataset(),
                set.fingerprint(),
                scores.length,
                shown(IntStream.range(0, shown).map(place -> easyFirst[place]), scores),
                shown(IntStream.range(0, shown).map(place -> easyFirst[scores.length - 1 - place]), scores),
                runs,
                run,
                usage == null
                        ? List.of()
                        : usage.least(SHOWN).stream()
                                .map(used -> new Shown(used.index(), used.times() + "x"))
                                .toList(),
                usage == null ? "" : overlap(usage, easyFirst));
    }

    private static List<Shown> shown(IntStream indices, float[] scores) {
        return indices.mapToObj(index -> new Shown(index, Words.number((double) scores[index])))
                .toList();
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
