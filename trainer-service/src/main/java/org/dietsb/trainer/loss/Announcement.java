package org.dietsb.trainer.loss;

import java.util.List;
import org.dietsb.trainer.mask.Policy;
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
 * @param timedOut batches whose mask did not come in time, since the last announcement
 */
public record Announcement(
        int epoch,
        int batch,
        long revision,
        @Nullable Policy policy,
        int[] indices,
        float @Nullable [] losses,
        boolean whole,
        List<TimedOutBatch> timedOut) {}
