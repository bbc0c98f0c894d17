package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;

/** An architecture: its tensors and its forward pass. The last layer of the built-in networks is {@code fc}. */
sealed interface Net permits ResNet, WideResNet, GoogLeNet, ScriptNet {

    /** Declares every tensor, in the order of the forward pass. */
    void declare(Tensors tensors);

    /**
     * Computes logits [B, classes] of images [B, C, H, W]. The input of a layer is closed at once: without gradients the next layer
     * reuses its memory while it is in the cache; with gradients the memory that backward needs is kept.
     */
    NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training);

    Network.Architecture architecture();
}
