package org.dietsb.trainer.train;

import org.dietsb.trainer.mask.Policy;

/** Hears how a run goes; called on the trainer thread. */
public interface RunListener {

    /** The epoch's diet is known: these examples are left. */
    void epochOpened(int epoch, double epochs, int[] kept);

    /** A policy took effect. */
    void policyPlaced(long revision, Policy policy, int epoch, int batch);

    /** A step slot is over. */
    void slotDone(int epoch, int batch, int batches, EpochProgress soFar);

    void epochDone(EpochFigures figures);

    /** Sums of the running epoch. */
    record EpochProgress(long seen, long selected, double maskWaitSeconds, double seconds, boolean timedOut) {}
}
