package org.dietsb.trainer.train;

import org.dietsb.contracts.policy.Policy;

/** Is notified of the progress of a run, on the trainer thread. */
public interface RunListener {

    /** The epoch mask has arrived: these examples remain, under this policy. */
    void epochOpened(int epoch, double epochs, int[] kept, Policy policy);

    /** A policy took effect. */
    void policyPlaced(long revision, Policy policy, int epoch, int batch);

    /** These examples of a batch, by index, are about to be trained. */
    default void batchSelected(int[] indices) {}

    /** A step slot is done. */
    void slotDone(int epoch, int batch, int batches, EpochProgress soFar);

    void epochDone(EpochFigures figures);

    /** The epochs that a diet is based on are over; the mean error norm of each example [N], before the next epoch is opened. */
    default void scored(float[] errorNorms) {}

    /** The loop is at a barrier: every batch before is trained, and no batch after is announced except those in flight. */
    default void atBarrier(LoopState state) {}

    /** Whether the loop is to stop at the next batch, at a barrier if it can. */
    default boolean stops() {
        return false;
    }

    /** The loop is at a barrier, but the selector did not send its state in time: no attempt can resume here. */
    default void barrierMissed(int epoch, int batch) {}

    /** Sums of the running epoch. */
    record EpochProgress(long seen, long selected, double maskWaitSeconds, double seconds, boolean timedOut) {}
}
