package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.dietsb.trainer.loss.PassLosses;
import org.jspecify.annotations.Nullable;

/**
 * The losses of one step. They stay on the device until they are fetched, at the latest before the next step, so that work can be
 * queued behind the step: fetching them from a GPU waits for it.
 */
public final class StepLosses {
    private final NDManager manager;
    private final NDArray losses;

    private final @Nullable NDArray logits;
    private final @Nullable NDArray labels;

    /** Takes over the manager and its arrays: losses, and logits [B, classes] and labels [B] if more than losses is needed. */
    StepLosses(NDManager manager, NDArray losses, @Nullable NDArray logits, @Nullable NDArray labels) {
        this.manager = manager;
        this.losses = losses;
        this.logits = logits;
        this.labels = labels;
    }

    /** Returns the distance of each prediction from its label [B], in [0, sqrt 2], if requested; to be called before {@link #fetch}. */
    public float[] errorNorms() {
        if (logits == null || labels == null) {
            throw new IllegalStateException("no error norms were requested");
        }
        return Losses.errorNorms(logits, labels);
    }

    /** Returns the losses without their weights, with the classifications if predictions were requested, and frees the arrays. */
    public PassLosses fetch() {
        try (manager) {
            return logits == null || labels == null
                    ? PassLosses.of(losses.toFloatArray())
                    : Losses.fetch(losses, logits, labels);
        }
    }

    /** Frees losses that were not fetched. */
    void free() {
        manager.close();
    }
}
