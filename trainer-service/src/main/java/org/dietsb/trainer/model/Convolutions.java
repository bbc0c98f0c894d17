package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** Convolutions at a precision. The output belongs to the manager of the input. */
interface Convolutions {

    /**
     * Convolves in two dimensions, padded so that stride 1 keeps the size.
     *
     * @param x [B, C, H, W], float32 or the output of another convolution
     * @param weight [O, C, k, k], float32 like its gradient
     * @param bias [O], float32; null = none
     */
    NDArray convolve(NDArray x, NDArray weight, @Nullable NDArray bias, int stride);

    /** Returns an output as float32, possibly the same array. */
    NDArray float32(NDArray x);
}
