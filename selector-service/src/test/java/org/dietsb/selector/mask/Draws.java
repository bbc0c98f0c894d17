package org.dietsb.selector.mask;

import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Examples of batches that are drawn at random, each at most once in a batch. */
final class Draws {
    private Draws() {}

    /** Returns so many different indices in [from, examples). */
    static List<Integer> of(Random random, int from, int examples, int size) {
        return random.ints(from, examples).distinct().limit(size).boxed().toList();
    }

    /** Returns at most so many different indices of these. */
    static List<Integer> of(Random random, BitSet kept, int size) {
        return random.ints(0, kept.length())
                .distinct()
                .filter(kept::get)
                .limit(Math.min(size, kept.cardinality()))
                .boxed()
                .toList();
    }
}
