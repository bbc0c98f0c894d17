package org.dietsb.selector.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.BitSet;
import java.util.Collection;

/**
 * What another policy would have made of batches, beside what was made of them.
 *
 * @param examples of these batches
 * @param keptNow of these examples, selected as they were judged
 * @param kept of these examples, selected by the other policy
 * @param both of these examples, selected by both
 * @param passesNow cost of these batches, in passes over them; a selection pass counts a third, times the square of its scale
 * @param passes cost by the other policy
 */
public record Verdict(int examples, int keptNow, int kept, int both, double passesNow, double passes) {

    static Verdict of(int examples, BitSet keptNow, BitSet kept, double passesNow, double passes) {
        BitSet both = (BitSet) kept.clone();
        both.and(keptNow);
        return new Verdict(examples, keptNow.cardinality(), kept.cardinality(), both.cardinality(), passesNow, passes);
    }

    /** Of all these batches together. */
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

    /** Share of the examples that is selected as they were judged. */
    @JsonProperty
    public double shareKeptNow() {
        return (double) keptNow / examples;
    }

    /** Share of the examples that the other policy would select. */
    @JsonProperty
    public double shareKept() {
        return (double) kept / examples;
    }

    /** Of what either selects, the share that both do; 1 where neither selects any. */
    @JsonProperty
    public double jaccard() {
        int either = keptNow + kept - both;
        return either == 0 ? 1 : (double) both / either;
    }

    /** Of what is selected now, the share that would still be; 1 where none is. */
    @JsonProperty
    public double stillKept() {
        return keptNow == 0 ? 1 : (double) both / keptNow;
    }
}
