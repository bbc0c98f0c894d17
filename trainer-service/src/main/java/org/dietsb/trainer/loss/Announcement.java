package org.dietsb.trainer.loss;

import org.dietsb.contracts.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * A batch that is about to be trained.
 *
 * @param epoch from 1
 * @param batch from 0, within the epoch
 * @param policy set in the first message of a revision
 * @param indices [B] places in the unpruned training set
 * @param losses [B] cross-entropy in nats, in the order of indices; null where no selection pass was run
 * @param whole to be trained whole whatever the policy
 */
public record Announcement(
        int epoch,
        int batch,
        long revision,
        @Nullable Policy policy,
        int[] indices,
        float @Nullable [] losses,
        boolean whole) {}
