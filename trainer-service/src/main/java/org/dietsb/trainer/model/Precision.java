package org.dietsb.trainer.model;

import ai.djl.ndarray.NDManager;
import java.util.Locale;

/**
 * The precision of a network's convolutions and of the activations between them. Parameters, their gradients, the optimizer, the last
 * layer and the losses are always float32.
 */
public enum Precision {
    /** On a GPU convolutions may round to TF32 internally, as PyTorch's do by default. */
    FLOAT32,
    /** Half the memory, faster units on GPUs since Ampere, 8 significant bits. */
    BFLOAT16;

    /** Returns the name used in settings. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Convolutions open(NDManager manager) {
        return switch (this) {
            case FLOAT32 -> new Float32Convolutions();
            case BFLOAT16 -> new Bfloat16Convolutions(manager);
        };
    }
}
