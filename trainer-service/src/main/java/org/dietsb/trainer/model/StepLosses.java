package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.jspecify.annotations.Nullable;

/**
 * The losses of one step. They stay on the device until they are fetched, at the latest before the next step, so that work can be
 * queued behind the step: on a GPU to fetch them is to wait for it.
 */
public final class StepLosses {
    private final NDManager manager;
    private final NDArray losses;

    private final @Nullable NDArray logits;
    private final @Nullable NDArray labels;

    /** Takes over the manager and the arrays, which belong to it; logits [B, classes] and labels [B] where error norms are wanted. */
    StepLosses(NDManager manager, NDArray losses, @Nullable NDArray logits, @Nullable NDArray labels) {
        this.manager = manager;
        this.losses = losses;
        this.logits = logits;
        this.labels = labels;
    }

    /** Distance of each prediction from its label [B], in [0, sqrt 2], if they were wanted; before the losses are fetched. */
    public float[] errorNorms() {
        if (logits == null || labels == null) {
            throw new IllegalStateException("no error norms were asked for");
        }
        return Losses.errorNorms(logits, labels);
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
