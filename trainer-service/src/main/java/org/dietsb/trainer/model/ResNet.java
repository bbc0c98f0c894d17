package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * Residual networks for images of about 32 x 32 (He et al. 2016): a 3x3 stem, stages of basic blocks, each stage but the
 * first halving the image, global average pooling, one linear layer. Shortcuts that change shape are a 1x1 convolution with
 * BatchNorm. Tensors carry the names that PyTorch code usually gives them.
 *
 * @param blocks number of basic blocks of each stage
 * @param widths channels of each stage
 */
record ResNet(String name, int[] blocks, int[] widths, int inputChannels, int classes) implements Net {

    @Override
    public void declare(Tensors tensors) {
        Layers.convolution(tensors, "conv1", inputChannels, widths[0], 3);
        tensors.batchNorm("bn1", widths[0]);
        int width = widths[0];
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                String at = "layer" + (stage + 1) + "." + block;
                Layers.convolution(tensors, at + ".conv1", width, widths[stage], 3);
                tensors.batchNorm(at + ".bn1", widths[stage]);
                Layers.convolution(tensors, at + ".conv2", widths[stage], widths[stage], 3);
                tensors.batchNorm(at + ".bn2", widths[stage]);
                if (hasShortcut(stage, block)) {
                    Layers.convolution(tensors, at + ".shortcut.0", width, widths[stage], 1);
                    tensors.batchNorm(at + ".shortcut.1", widths[stage]);
                }
                width = widths[stage];
            }
        }
        Layers.classifier(tensors, width, classes);
    }

    private static boolean hasShortcut(int stage, int block) {
        return stage > 0 && block == 0;
    }

    @Override
    public NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training) {
        NDArray x = Layers.rectified(Layers.normalised(tensors, convolutions, "conv1", "bn1", images, 1, training));
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                x = block(tensors, convolutions, x, stage, block, training);
            }
        }
        return Layers.classified(tensors, convolutions, x);
    }

    private NDArray block(
            Tensors tensors, Convolutions convolutions, NDArray input, int stage, int block, boolean training) {
        String at = "layer" + (stage + 1) + "." + block;
        int stride = hasShortcut(stage, block) ? 2 : 1;
        try (input;
                NDArray first = Layers.rectified(
                        Layers.normalised(tensors, convolutions, at + ".conv1", at + ".bn1", input, stride, training));
                NDArray second =
                        Layers.normalised(tensors, convolutions, at + ".conv2", at + ".bn2", first, 1, training)) {
            if (!hasShortcut(stage, block)) {
                return Layers.rectified(second.add(input));
            }
            try (NDArray past = Layers.normalised(
                    tensors, convolutions, at + ".shortcut.0", at + ".shortcut.1", input, stride, training)) {
                return Layers.rectified(second.add(past));
            }
        }
    }

    @Override
    public Network.Architecture architecture() {
        return new Network.Architecture("resnet", name, blocks, widths, inputChannels, classes);
    }
}
