package org.dietsb.selector.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.BitSet;
import java.util.Collection;

/**
 * What another policy would have selected from batches, compared with what was selected.
 *
 * @param examples number of examples
 * @param keptNow number of examples selected when they were judged
 * @param kept number of examples selected by the other policy
 * @param both number of examples selected by both
 * @param passesNow cost in passes over the batches; a selection pass counts as a third, times the square of its scale
 * @param passes cost under the other policy
 */
public record Verdict(int examples, int keptNow, int kept, int both, double passesNow, double passes) {

    /** Compares two selections of so many examples. */
    public static Verdict of(int examples, BitSet keptNow, BitSet kept, double passesNow, double passes) {
        BitSet both = (BitSet) kept.clone();
        both.and(keptNow);
        return new Verdict(examples, keptNow.cardinality(), kept.cardinality(), both.cardinality(), passesNow, passes);
    }

    /** Combines the verdicts of several batches. */
    static Verdict all(Collection<Verdict> verdicts) {
        int examples = verdicts.stream().mapToInt(Verdict::examples).sum();
        return new Verdict(
                examples,
                verdicts.stream().mapToInt(Verdict::keptNow).sum(),
                verdicts.stream().mapToInt(Verdict::kept).sum(),
                verdicts.stream().mapToInt(Verdict::both).sum(),
                verdicts.stream()
                                .mapToDouble(one -> one.passesNow * one.examples)
                                .sum()
                        / examples,
                verdicts.stream().mapToDouble(one -> one.passes * one.examples).sum() / examples);
    }

    /** Share of the examples that was selected when they were judged. */
    @JsonProperty
    public double shareKeptNow() {
        return (double) keptNow / examples;
    }

    /** Share of the examples that the other policy would select. */
    @JsonProperty
    public double shareKept() {
        return (double) kept / examples;
    }

    /** Share of the examples selected by either that is selected by both; 1 if neither selects any. */
    @JsonProperty
    public double jaccard() {
        int either = keptNow + kept - both;
        return either == 0 ? 1 : (double) both / either;
    }

    /** Share of the selected examples that the other policy would select too; 1 if none is selected. */
    @JsonProperty
    public double stillKept() {
        return keptNow == 0 ? 1 : (double) both / keptNow;
    }
}
