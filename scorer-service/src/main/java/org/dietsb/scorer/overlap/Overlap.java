package org.dietsb.scorer.overlap;

import java.util.BitSet;

/**
 * Overlap of the examples that two score sets prune at a rate: {@code |A and B| / |A|}; for unrelated sets it is the rate.
 *
 * @param rate share pruned, in (0, 1)
 * @param pruned number of examples that each prunes
 * @param common number of examples that both prune
 * @param overlap common / pruned, in [0, 1]; 0 if nothing is pruned
 */
public record Overlap(double rate, int pruned, int common, double overlap) {

    /** Compares two pruned sets of equal size; bit i = example i. */
    public static Overlap of(BitSet a, BitSet b, double rate) {
        BitSet both = (BitSet) a.clone();
        both.and(b);
        int pruned = a.cardinality();
        return new Overlap(rate, pruned, both.cardinality(), pruned == 0 ? 0 : (double) both.cardinality() / pruned);
    }
}
