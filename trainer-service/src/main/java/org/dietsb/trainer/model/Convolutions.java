package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** Convolutions at some precision. What comes out belongs to the manager of what goes in. */
interface Convolutions {

    /**
     * Two-dimensional, padded so that stride 1 keeps the size.
     *
     * @param x [B, C, H, W], float32 or what came out of another
     * @param weight [O, C, k, k], float32, and so its gradient
     * @param bias [O], float32; null = none
     */
    NDArray convolve(NDArray x, NDArray weight, @Nullable NDArray bias, int stride);

    /** What came out, as float32; it may be the same array. */
    NDArray float32(NDArray x);
}
