package org.dietsb.trainer.train;

import org.dietsb.contracts.policy.Policy;

/** Hears how a run goes; called on the trainer thread. */
public interface RunListener {

    /** What the epoch is left with is known: these examples, under this policy. */
    void epochOpened(int epoch, double epochs, int[] kept, Policy policy);

    /** A policy took effect. */
    void policyPlaced(long revision, Policy policy, int epoch, int batch);

    /** These examples of a batch are to be trained, by index. */
    default void batchSelected(int[] indices) {}

    /** A step slot is over. */
    void slotDone(int epoch, int batch, int batches, EpochProgress soFar);

    void epochDone(EpochFigures figures);

    /** The epochs are over whose error norms a diet goes by: their mean of each example [N], before the next epoch is opened. */
    default void scored(float[] errorNorms) {}

    /** Every batch before is trained and none after it announced; what the rest depends on is known. */
    default void atBarrier(LoopState state) {}

    /** The same, but the selector did not tell its state in time: nobody can go on from here. */
    default void barrierMissed(int epoch, int batch) {}

    /** Sums of the running epoch. */
    record EpochProgress(long seen, long selected, double maskWaitSeconds, double seconds, boolean timedOut) {}
}
