package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import org.jspecify.annotations.Nullable;

/** DJL's own convolutions. */
final class Float32Convolutions implements Convolutions {

    @Override
    public NDArray convolve(NDArray x, NDArray weight, @Nullable NDArray bias, int stride) {
        long padding = weight.getShape().get(2) / 2;
        return Conv2d.conv2d(
                        x, weight, bias, new Shape(stride, stride), new Shape(padding, padding), new Shape(1, 1), 1)
                .singletonOrThrow();
    }

    @Override
    public NDArray float32(NDArray x) {
        return x;
    }
}
