package org.dietsb.faults.golden;

import java.util.List;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/** The log of a trainer whose losses are replaced by losses that follow from epoch and example alone. */
record ScriptedLog(LossLog log) implements LossLog {

    /** Returns the loss of an example in an epoch: 4 times a draw, rounded to a float. */
    static float loss(int epoch, int index) {
        return (float) (4 * RandomStream.uniform("scripted-loss", 0, epoch, index));
    }

    /** Returns the reference loss of an example: 4 times a draw, rounded to a float. */
    static float reference(int index) {
        return (float) (4 * RandomStream.uniform("scripted-reference", 0, index));
    }

    /** Returns the class of an example: one of seven, of which the first has four tenths. */
    static int label(int index) {
        return index % 10 * (index % 10) / 10;
    }

    private static float[] losses(int epoch, int[] indices) {
        float[] losses = new float[indices.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = loss(epoch, indices[i]);
        }
        return losses;
    }

    private static Announcement scripted(Announcement one) {
        return one.losses() == null
                ? one
                : new Announcement(
                        one.epoch(),
                        one.batch(),
                        one.revision(),
                        one.policy(),
                        one.indices(),
                        PassLosses.of(losses(one.epoch(), one.indices())),
                        one.whole());
    }

    @Override
    public void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole) {
        log.openEpoch(epoch, revision, policy, whole);
    }

    @Override
    public void takesSpans(boolean taken) {
        log.takesSpans(taken);
    }

    @Override
    public void announce(Announcement announcement) {
        log.announce(scripted(announcement));
    }

    @Override
    public void announceSpan(List<Announcement> span) {
        log.announceSpan(span);
    }

    @Override
    public void trained(int epoch, int[] indices, PassLosses ofStep) {
        log.trained(epoch, indices, PassLosses.of(losses(epoch, indices)));
    }

    @Override
    public void requestState(int epoch, int batch) {
        log.requestState(epoch, batch);
    }

    @Override
    public void giveState(Answer.SelectorState state) {
        log.giveState(state);
    }

    @Override
    public void timedOut(TimedOutBatch batch) {
        throw new IllegalStateException("a mask did not come: " + batch);
    }

    @Override
    public void close(String reason) {
        log.close(reason);
    }
}
