package org.dietsb.bench.cost;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.jspecify.annotations.Nullable;

/** The loss log of a trainer without Kafka: every batch is trained whole, and is answered before the trainer waits for it. */
record AloneLog(MaskInbox inbox) implements LossLog {
    @Override
    public void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole) {
        inbox.offer(new Answer.EpochMask(epoch, revision, null));
    }

    @Override
    public void announce(Announcement announcement) {
        inbox.offer(Answer.BatchMask.whole(
                announcement.epoch(), announcement.batch(), announcement.revision(), announcement.indices().length));
    }

    @Override
    public void trained(int epoch, int[] indices, PassLosses pass) {}

    @Override
    public void requestState(int epoch, int batch) {
        inbox.offer(new Answer.StatePart(
                epoch,
                batch,
                0,
                1,
                1,
                new float[0],
                0,
                new float[0],
                0,
                new int[0],
                new byte[0],
                Answer.StatePart.OfPolicy.NOTHING));
    }

    @Override
    public void giveState(Answer.SelectorState state) {}

    @Override
    public void timedOut(TimedOutBatch batch) {}

    @Override
    public void close(String reason) {}
}
