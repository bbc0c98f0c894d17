package org.dietsb.selector.report;

import java.util.BitSet;
import org.dietsb.contracts.policy.Policy;

/**
 * A batch as it was judged. Whoever makes or reads one changes none of its arrays.
 *
 * @param epoch from 1
 * @param batch from 0
 * @param policy that it was judged by, of this revision
 * @param indices [B] places in the unpruned training set
 * @param losses [B] in nats, or none
 * @param selected places within the batch
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed; a copy of each batch would be waste.
public record LastBatch(
        int epoch, int batch, long revision, Policy policy, int[] indices, float[] losses, BitSet selected) {

    /** How many examples it has. */
    public int size() {
        return indices.length;
    }

    /** Whether it had a selection pass. */
    public boolean hasLosses() {
        return losses.length > 0;
    }
}
