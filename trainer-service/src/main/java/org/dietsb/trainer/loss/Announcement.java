package org.dietsb.trainer.loss;

import org.dietsb.contracts.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The announcement of a batch that is about to be trained.
 *
 * @param epoch from 1
 * @param batch from 0, within the epoch
 * @param policy set in the first message of a revision, else null
 * @param indices [B] places in the unpruned training set
 * @param pass of the selection pass, in the order of indices; null without one
 * @param whole whether the batch is trained whole, whatever the policy
 */
public record Announcement(
        int epoch,
        int batch,
        long revision,
        @Nullable Policy policy,
        int[] indices,
        @Nullable PassLosses pass,
        boolean whole) {

    /** Returns the losses of the selection pass; null without one. */
    public float @Nullable [] losses() {
        return pass == null ? null : pass.losses();
    }
}
