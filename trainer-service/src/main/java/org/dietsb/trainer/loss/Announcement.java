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
 * @param losses [B] cross-entropy in nats, in the order of indices; null without a selection pass
 * @param whole whether the batch is trained whole, whatever the policy
 */
public record Announcement(
        int epoch,
        int batch,
        long revision,
        @Nullable Policy policy,
        int[] indices,
        float @Nullable [] losses,
        boolean whole) {}
