package org.dietsb.selector.history;

import java.util.BitSet;
import java.util.List;

/**
 * An epoch of a run as it was announced.
 *
 * @param epoch from 1
 * @param batches indices of the examples of each batch, in order; indices are into the unpruned training set
 * @param losses [examples] of the epoch, in nats, by index: of the selection pass, else of the training step; NaN if there is none
 * @param classified indices of the examples of which it is known whether they were classified correctly when the loss was computed
 * @param correct those of them that were
 */
public record LossEpoch(int epoch, List<int[]> batches, float[] losses, BitSet classified, BitSet correct) {

    /** Creates an epoch whose classifications are not known. */
    public LossEpoch(int epoch, List<int[]> batches, float[] losses) {
        this(epoch, batches, losses, new BitSet(), new BitSet());
    }
}
