package org.dietsb.selector.report;

import java.util.BitSet;
import org.dietsb.contracts.policy.Policy;

/**
 * A batch as it was judged. Its arrays must not be changed.
 *
 * @param epoch from 1
 * @param batch from 0
 * @param revision of the policy
 * @param policy that judged the batch
 * @param indices [B] indices into the unpruned training set
 * @param losses [B] in nats, or empty
 * @param selected places within the batch
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed; a copy of each batch would be waste.
public record LastBatch(
        int epoch, int batch, long revision, Policy policy, int[] indices, float[] losses, BitSet selected) {

    /** Number of examples. */
    public int size() {
        return indices.length;
    }

    /** Whether the batch had a selection pass. */
    public boolean hasLosses() {
        return losses.length > 0;
    }
}
