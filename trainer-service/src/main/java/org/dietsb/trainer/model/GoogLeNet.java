package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.pooling.Pool;

/**
 * GoogLeNet for images of about 32 x 32: the nine inception modules of Szegedy et al. 2015, table 1, behind a 3x3 stem of 192
 * channels that keeps the size, halved by max-pooling before 4a and 5a. Every convolution has BatchNorm and no bias, and two of
 * 3x3 stand for one of 5x5 (Ioffe and Szegedy 2015, section 4.2). No auxiliary classifiers, no dropout. Tensors are named as torchvision
 * names them.
 */
record GoogLeNet(String name, int inputChannels, int classes) implements Net {
    private static final int STEM = 192;

    /** Columns of the paper's table: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj. */
    private enum Module {
        A3("3a", 64, 96, 128, 16, 32, 32),
        B3("3b", 128, 128, 192, 32, 96, 64),
        A4("4a", 192, 96, 208, 16, 48, 64),
        B4("4b", 160, 112, 224, 24, 64, 64),
        C4("4c", 128, 128, 256, 24, 64, 64),
        D4("4d", 112, 144, 288, 32, 64, 64),
        E4("4e", 256, 160, 320, 32, 128, 128),
        A5("5a", 256, 160, 320, 32, 128, 128),
        B5("5b", 384, 192, 384, 48, 128, 128);

        private final String at;
        private final int single;
        private final int reduced3;
        private final int three;
        private final int reduced5;
        private final int five;
        private final int pooled;

        Module(String label, int single, int reduced3, int three, int reduced5, int five, int pooled) {
            this.at = "inception" + label;
            this.single = single;
            this.reduced3 = reduced3;
            this.three = three;
            this.reduced5 = reduced5;
            this.five = five;
            this.pooled = pooled;
        }

        private int channels() {
            return single + three + five + pooled;
        }

        private boolean halvesBefore() {
            return this == A4 || this == A5;
        }
    }

    @Override
    public void declare(Tensors tensors) {
        convolution(tensors, "conv1", inputChannels, STEM, 3);
        int in = STEM;
        for (Module module : Module.values()) {
            convolution(tensors, module.at + ".branch1", in, module.single, 1);
            convolution(tensors, module.at + ".branch2.0", in, module.reduced3, 1);
            convolution(tensors, module.at + ".branch2.1", module.reduced3, module.three, 3);
            convolution(tensors, module.at + ".branch3.0", in, module.reduced5, 1);
            convolution(tensors, module.at + ".branch3.1", module.reduced5, module.five, 3);
            convolution(tensors, module.at + ".branch3.2", module.five, module.five, 3);
            convolution(tensors, module.at + ".branch4.1", in, module.pooled, 1);
            in = module.channels();
        }
        Layers.classifier(tensors, in, classes);
    }

    private static void convolution(Tensors tensors, String name, int in, int out, int size) {
        Layers.convolution(tensors, name + ".conv", in, out, size);
        tensors.batchNorm(name + ".bn", out);
    }

    @Override
    public NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training) {
        Pass pass = new Pass(tensors, convolutions, training);
        NDArray x = pass.convolved("conv1", images);
        for (Module module : Module.values()) {
            if (module.halvesBefore()) {
                try (NDArray whole = x) {
                    x = largest(whole, 2);
                }
            }
            try (NDArray input = x) {
                x = pass.inception(module, input);
            }
        }
        return Layers.classified(tensors, convolutions, x);
    }

    /** Max-pools each 3x3 neighbourhood. */
    private static NDArray largest(NDArray x, int stride) {
        return Pool.maxPool2d(x, new Shape(3, 3), new Shape(stride, stride), new Shape(1, 1), false);
    }

    /** The parameters of a forward pass. */
    private record Pass(Tensors tensors, Convolutions convolutions, boolean training) {

        NDArray convolved(String name, NDArray x) {
            return Layers.rectified(
                    Layers.normalised(tensors, convolutions, name + ".conv", name + ".bn", x, 1, training));
        }

        NDArray inception(Module module, NDArray x) {
            try (NDArray single = convolved(module.at + ".branch1", x);
                    NDArray reduced3 = convolved(module.at + ".branch2.0", x);
                    NDArray three = convolved(module.at + ".branch2.1", reduced3);
                    NDArray reduced5 = convolved(module.at + ".branch3.0", x);
                    NDArray half5 = convolved(module.at + ".branch3.1", reduced5);
                    NDArray five = convolved(module.at + ".branch3.2", half5);
                    NDArray neighbours = largest(x, 1);
                    NDArray pooled = convolved(module.at + ".branch4.1", neighbours)) {
                return NDArrays.concat(new NDList(single, three, five, pooled), 1);
            }
        }
    }

    @Override
    public Network.Architecture architecture() {
        return new Network.Architecture(
                "googlenet", name, new int[] {2, 5, 2}, new int[] {480, 832, 1024}, inputChannels, classes);
    }
}
