package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;

/** An architecture: which tensors there are, and what they make of images. Its last layer is {@code fc}. */
sealed interface Net permits ResNet, WideResNet, GoogLeNet {

    /** Declares every tensor, in the order of the forward pass. */
    void declare(Tensors tensors);

    /**
     * Logits [B, classes] of images [B, C, H, W]. What a layer has read is let go at once: without gradients its memory serves
     * the next layer while it is still in the cache, with gradients what backward needs stays.
     */
    NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training);

    Network.Architecture architecture();
}
