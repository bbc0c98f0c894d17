package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The losses of one step. They stay on the device until they are fetched, at the latest before the next step, so that work can be
 * queued behind the step: on a GPU to fetch them is to wait for it.
 */
public final class StepLosses {
    private final NDManager manager;
    private final NDArray losses;

    /** Takes over the manager and the array, which belongs to it. */
    StepLosses(NDManager manager, NDArray losses) {
        this.manager = manager;
        this.losses = losses;
    }

    /** Of each example, without its weight [B], in nats. Once: it frees them. */
    public float[] fetch() {
        try (manager) {
            return losses.toFloatArray();
        }
    }

    /** Frees them, if they were not fetched. */
    void free() {
        manager.close();
    }
}
