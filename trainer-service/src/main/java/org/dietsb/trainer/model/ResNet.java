package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
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

    /**
     * Logits [B, classes] of images [B, C, H, W]. What a layer has read is let go at once: without gradients its memory serves
     * the next layer while it is still in the cache, with gradients what backward needs stays.
     */
    NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training) {
        NDArray x = rectified(normalised(tensors, convolutions, "conv1", "bn1", images, 1, training));
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                x = block(tensors, convolutions, x, stage, block, training);
            }
        }
        try (NDArray last = x;
                NDArray pooled = Pool.globalAvgPool2d(last);
                NDArray float32 = convolutions.float32(pooled)) {
            return Linear.linear(float32, tensors.get("fc.weight"), tensors.get("fc.bias"))
                    .singletonOrThrow();
        }
    }

    private NDArray block(
            Tensors tensors, Convolutions convolutions, NDArray input, int stage, int block, boolean training) {
        String at = "layer" + (stage + 1) + "." + block;
        int stride = hasShortcut(stage, block) ? 2 : 1;
        try (input;
                NDArray first = rectified(
                        normalised(tensors, convolutions, at + ".conv1", at + ".bn1", input, stride, training));
                NDArray second = normalised(tensors, convolutions, at + ".conv2", at + ".bn2", first, 1, training)) {
            if (!hasShortcut(stage, block)) {
                return rectified(second.add(input));
            }
            try (NDArray past = normalised(
                    tensors, convolutions, at + ".shortcut.0", at + ".shortcut.1", input, stride, training)) {
                return rectified(second.add(past));
            }
        }
    }

    private static NDArray rectified(NDArray x) {
        try (x) {
            return Activation.relu(x);
        }
    }

    /**
     * A convolution and its BatchNorm. In training that goes by the statistics of the batch; otherwise the statistics are
     * given, and both together are one convolution.
     */
    private static NDArray normalised(
            Tensors tensors,
            Convolutions convolutions,
            String convolution,
            String batchNorm,
            NDArray x,
            int stride,
            boolean training) {
        if (training) {
            try (NDArray convolved = convolutions.convolve(x, tensors.get(convolution + ".weight"), null, stride)) {
                return tensors.normalise(batchNorm, convolved);
            }
        }
        try (NDManager scratch = x.getManager().newSubManager()) {
            Tensors.Folded folded = tensors.fold(convolution, batchNorm, scratch);
            return convolutions.convolve(x, folded.weight(), folded.bias(), stride);
        }
    }
}
