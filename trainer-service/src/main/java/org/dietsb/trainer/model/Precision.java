package org.dietsb.trainer.model;

import ai.djl.ndarray.NDManager;
import java.util.Locale;

/**
 * What the convolutions of a network compute in, and what lies between them. Parameters, their gradients, the optimizer, the last
 * layer and the losses are float32 always.
 */
public enum Precision {
    /** On a GPU convolutions may round to TF32 within, as PyTorch's own do. */
    FLOAT32,
    /** Half the memory, and the faster units of a GPU since Ampere; 8 bits of a number. */
    BFLOAT16;

    /** As settings name it. */
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
