package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;

/** Layers that the networks share. */
final class Layers {
    private Layers() {}

    /** Declares a convolution without bias, [out, in, size, size]. */
    static void convolution(Tensors tensors, String name, int in, int out, int size) {
        tensors.normal(name + ".weight", new Shape(out, in, size, size), in * size * size);
    }

    /** Declares the last layer, {@code fc}. */
    static void classifier(Tensors tensors, int width, int classes) {
        tensors.normal("fc.weight", new Shape(classes, width), width);
        tensors.zeros("fc.bias", new Shape(classes));
    }

    /** Applies ReLU and closes the input. */
    static NDArray rectified(NDArray x) {
        try (x) {
            return Activation.relu(x);
        }
    }

    /**
     * Applies a convolution and its BatchNorm. In training BatchNorm uses the statistics of the batch. Otherwise it uses the running
     * statistics, and both are folded into one convolution.
     */
    static NDArray normalised(
            Tensors tensors,
            Convolutions convolutions,
            String convolution,
            String batchNorm,
            NDArray x,
            int stride,
            boolean training) {
        if (training) {
            try (NDArray convolved = convolutions.convolve(x, tensors.get(convolution + ".weight"), null, stride)) {
                return tensors.normalise(batchNorm, convolved, true);
            }
        }
        try (NDManager scratch = x.getManager().newSubManager()) {
            Tensors.Folded folded = tensors.fold(convolution, batchNorm, scratch);
            return convolutions.convolve(x, folded.weight(), folded.bias(), stride);
        }
    }

    /** Computes logits [B, classes] from the last features [B, C, H, W]: their mean over the image, then {@code fc}. Closes the features. */
    static NDArray classified(Tensors tensors, Convolutions convolutions, NDArray features) {
        try (features;
                NDArray pooled = Pool.globalAvgPool2d(features);
                NDArray float32 = convolutions.float32(pooled)) {
            return Linear.linear(float32, tensors.get("fc.weight"), tensors.get("fc.bias"))
                    .singletonOrThrow();
        }
    }
}
