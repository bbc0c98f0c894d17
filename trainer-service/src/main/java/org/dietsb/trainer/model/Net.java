package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;

/** An architecture: which tensors there are, and what they make of images. The last layer of those of the catalogue is {@code fc}. */
sealed interface Net permits ResNet, WideResNet, GoogLeNet, ScriptNet {

    /** Declares every tensor, in the order of the forward pass. */
    void declare(Tensors tensors);

    /**
     * Logits [B, classes] of images [B, C, H, W]. What a layer has read is let go at once: without gradients its memory serves
     * the next layer while it is still in the cache, with gradients what backward needs stays.
     */
    NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training);

    Network.Architecture architecture();
}
