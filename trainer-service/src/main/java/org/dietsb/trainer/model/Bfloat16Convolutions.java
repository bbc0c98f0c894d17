package org.dietsb.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in bfloat16, computed by a short TorchScript: DJL has no autocast, its casts take no part in gradients, and its cast
 * to bfloat16 crashes the JVM. {@code deploy/pytorch/bfloat16_convolution.py} contains the script and writes the resource.
 */
final class Bfloat16Convolutions implements Convolutions {
    private static final String RESOURCE = "bfloat16-convolution.pt";

    private final PtSymbolBlock script;
    private final NDArray noBias;

    /** Strides 1 and 2, on the host: the script reads them without waiting for a GPU. */
    private final NDArray[] strides = new NDArray[2];

    /** A float32 array with a dimension, so that a product with it is float32. */
    private final NDArray one;

    /** Loads the script; its arrays belong to the manager. */
    Bfloat16Convolutions(NDManager manager) {
        try (InputStream code =
                Objects.requireNonNull(Bfloat16Convolutions.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            script = JniUtils.loadModule((PtNDManager) manager, code, true, false);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        noBias = manager.create(new Shape(0));
        one = manager.ones(new Shape(1));
        NDManager host = manager.newSubManager(Device.cpu());
        for (int i = 0; i < strides.length; i++) {
            strides[i] = host.create(i + 1L);
        }
    }

    @Override
    public NDArray convolve(NDArray x, NDArray weight, @Nullable NDArray bias, int stride) {
        NDList inputs = new NDList(x, weight, bias == null ? noBias : bias, strides[stride - 1]);
        // "Training" leaves it to the thread's gradient mode whether there are gradients.
        return IValueUtils.forward(script, inputs, true).singletonOrThrow();
    }

    @Override
    public NDArray float32(NDArray x) {
        return x.mul(one);
    }
}
