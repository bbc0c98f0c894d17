package org.dietsb.selector.policy;

import java.util.BitSet;
import org.dietsb.contracts.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * The control of another run's choice: as many examples of each epoch and of each batch as its masks selected, drawn at random, without
 * replacement. Only the counts of the record are used. Source: the schedule-matched random dropout of Progressive Data Dropout
 * (arXiv 2505.22342).
 *
 * <p>If the recorded epoch left out nobody beforehand, a batch keeps as many as the record selected of its own examples: those of the
 * recorded batch if seed and batch size are equal, and as many as the record's epoch over the whole epoch in any case. If a diet or a
 * decision by epoch left out some, as many are left out at random, anew in each epoch; the count of what was selected of the others is
 * divided among the batches in proportion to their sizes.
 *
 * @param selected examples that the record selected in the epoch, by index
 * @param selectedCount number of them
 * @param keptCount number of examples that were left for the batches of the epoch; -1 = all
 */
public record RandomLike(BitSet selected, int selectedCount, int keptCount) {
    private static final String STREAM = "mask-random-like";

    /**
     * Returns the rule of an epoch.
     *
     * @param kept examples that were left for the batches of the epoch; null = all
     */
    public static RandomLike of(BitSet selected, @Nullable BitSet kept) {
        return new RandomLike(selected, selected.cardinality(), kept == null ? -1 : kept.cardinality());
    }

    /**
     * Returns the examples of an epoch, by index; null = all.
     *
     * @param examples size of the training set
     */
    public @Nullable BitSet kept(long seed, int epoch, int examples) {
        if (keptCount < 0) {
            return null;
        }
        BitSet all = new BitSet(examples);
        all.set(0, examples);
        return Smallest.among(all, keptCount, RandomStream.of(STREAM + "-epoch", seed, epoch)::uniform);
    }

    /**
     * Returns the number of examples that a batch keeps; it may be 0.
     *
     * @param indices [B] of the batch's examples
     * @param first number of examples in the earlier batches of the epoch
     */
    public int count(int[] indices, long first) {
        if (keptCount < 0) {
            return Replay.select(indices, selected).cardinality();
        }
        return (int) (share(first + indices.length) - share(first));
    }

    /** Returns how many of the first examples of the epoch are selected. */
    private long share(long first) {
        return keptCount == 0 ? 0 : Math.min(first, keptCount) * selectedCount / keptCount;
    }

    /** Returns the places of so many examples of a batch, uniformly, without replacement. */
    public static BitSet select(Batch batch, int count) {
        BitSet all = new BitSet(batch.size());
        all.set(0, batch.size());
        return Smallest.among(all, count, batch.chance(STREAM)::uniform);
    }
}
