package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * Wide residual networks for images of about 32 x 32 (Zagoruyko and Komodakis 2016, table 1): a 3x3 stem of 16 channels, three
 * stages of blocks that normalise and rectify before each of their two convolutions, the second and the third halving the
 * image, then BatchNorm, global average pooling and one linear layer. Shortcuts that change shape are a 1x1 convolution of
 * the output of the block's first BatchNorm. No dropout.
 *
 * @param blocks number in each stage, (depth - 4) / 6
 * @param width factor k: the stages have 16k, 32k and 64k channels
 */
record WideResNet(String name, int blocks, int width, int inputChannels, int classes) implements Net {
    private static final int STEM = 16;
    private static final int STAGES = 3;

    private int channels(int stage) {
        return STEM * width << stage;
    }

    @Override
    public void declare(Tensors tensors) {
        Layers.convolution(tensors, "conv1", inputChannels, STEM, 3);
        int before = STEM;
        for (int stage = 0; stage < STAGES; stage++) {
            int after = channels(stage);
            for (int block = 0; block < blocks; block++) {
                String at = at(stage, block);
                tensors.batchNorm(at + ".bn1", before);
                Layers.convolution(tensors, at + ".conv1", before, after, 3);
                tensors.batchNorm(at + ".bn2", after);
                Layers.convolution(tensors, at + ".conv2", after, after, 3);
                if (block == 0) {
                    Layers.convolution(tensors, at + ".shortcut", before, after, 1);
                }
                before = after;
            }
        }
        tensors.batchNorm("bn1", before);
        Layers.classifier(tensors, before, classes);
    }

    private static String at(int stage, int block) {
        return "layer" + (stage + 1) + "." + block;
    }

    @Override
    public NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training) {
        NDArray x = convolutions.convolve(images, tensors.get("conv1.weight"), null, 1);
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < blocks; block++) {
                x = block(tensors, convolutions, x, stage, block, training);
            }
        }
        try (NDArray last = x) {
            return Layers.classified(tensors, convolutions, Layers.rectified(tensors.normalise("bn1", last, training)));
        }
    }

    private static NDArray block(
            Tensors tensors, Convolutions convolutions, NDArray input, int stage, int block, boolean training) {
        String at = at(stage, block);
        int stride = stage > 0 && block == 0 ? 2 : 1;
        try (input;
                NDArray active = Layers.rectified(tensors.normalise(at + ".bn1", input, training));
                NDArray first = Layers.rectified(Layers.normalised(
                        tensors, convolutions, at + ".conv1", at + ".bn2", active, stride, training));
                NDArray second = convolutions.convolve(first, tensors.get(at + ".conv2.weight"), null, 1)) {
            if (block > 0) {
                return second.add(input);
            }
            try (NDArray past = convolutions.convolve(active, tensors.get(at + ".shortcut.weight"), null, stride)) {
                return second.add(past);
            }
        }
    }

    @Override
    public Network.Architecture architecture() {
        return new Network.Architecture(
                "wide-resnet",
                name,
                new int[] {blocks, blocks, blocks},
                new int[] {channels(0), channels(1), channels(2)},
                inputChannels,
                classes);
    }
}
