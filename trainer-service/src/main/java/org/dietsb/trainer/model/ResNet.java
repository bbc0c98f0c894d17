package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;

/**
 * Residual networks for images of about 32 x 32 (He et al. 2016): a 3x3 stem, stages of basic blocks, each stage but the
 * first halving the image, global average pooling, one linear layer. Shortcuts that change shape are a 1x1 convolution with
 * BatchNorm. Tensors carry the names that PyTorch code usually gives them.
 *
 * @param blocks basic blocks of each stage
 * @param widths channels of each stage
 */
record ResNet(String name, int[] blocks, int[] widths, int inputChannels, int classes) {

    /** Declares every tensor, in the order of the forward pass. */
    void declare(Tensors tensors) {
        convolution(tensors, "conv1", inputChannels, widths[0], 3);
        tensors.batchNorm("bn1", widths[0]);
        int width = widths[0];
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                String at = "layer" + (stage + 1) + "." + block;
                convolution(tensors, at + ".conv1", width, widths[stage], 3);
                tensors.batchNorm(at + ".bn1", widths[stage]);
                convolution(tensors, at + ".conv2", widths[stage], widths[stage], 3);
                tensors.batchNorm(at + ".bn2", widths[stage]);
                if (hasShortcut(stage, block)) {
                    convolution(tensors, at + ".shortcut.0", width, widths[stage], 1);
                    tensors.batchNorm(at + ".shortcut.1", widths[stage]);
                }
                width = widths[stage];
            }
        }
        tensors.normal("fc.weight", new Shape(classes, width), width);
        tensors.zeros("fc.bias", new Shape(classes));
    }

    private static void convolution(Tensors tensors, String name, int in, int out, int size) {
        tensors.normal(name + ".weight", new Shape(out, in, size, size), in * size * size);
    }

    private static boolean hasShortcut(int stage, int block) {
        return stage > 0 && block == 0;
    }

    /** Logits [B, classes] of images [B, C, H, W]. */
    NDArray forward(Tensors tensors, NDArray images, boolean training) {
        NDArray x = convolve(tensors, "conv1", images, 1);
        x = Activation.relu(tensors.normalise("bn1", x, training));
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                String at = "layer" + (stage + 1) + "." + block;
                int stride = hasShortcut(stage, block) ? 2 : 1;
                NDArray y = convolve(tensors, at + ".conv1", x, stride);
                y = Activation.relu(tensors.normalise(at + ".bn1", y, training));
                y = convolve(tensors, at + ".conv2", y, 1);
                y = tensors.normalise(at + ".bn2", y, training);
                NDArray past = x;
                if (hasShortcut(stage, block)) {
                    past = convolve(tensors, at + ".shortcut.0", x, stride);
                    past = tensors.normalise(at + ".shortcut.1", past, training);
                }
                x = Activation.relu(y.add(past));
            }
        }
        NDArray pooled = Pool.globalAvgPool2d(x);
        return Linear.linear(pooled, tensors.get("fc.weight"), tensors.get("fc.bias"))
                .singletonOrThrow();
    }

    private static NDArray convolve(Tensors tensors, String name, NDArray x, int stride) {
        NDArray weight = tensors.get(name + ".weight");
        long padding = weight.getShape().get(2) / 2;
        return Conv2d.conv2d(
                        x, weight, null, new Shape(stride, stride), new Shape(padding, padding), new Shape(1, 1), 1)
                .singletonOrThrow();
    }
}
