package org.dietsb.trainer.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * A network of one's own, as TorchScript. Its parameters are trained where they lie in the script; its buffers, such as BatchNorm's
 * statistics, move where the script moves them, and stay with it: DJL does not show them. What is random in it, such as dropout,
 * is drawn from the run's seed and the number of the step. It computes in float32 at any precision.
 *
 * <p>The script is interpreted as it is, without the executor's rewriting: that depends on how often it ran before, and so would
 * the bits after a resumption.
 */
final class ScriptNet implements Net {
    private final String name;
    private final PtNDManager manager;
    private final PtSymbolBlock script;
    private final int channels;
    private final int classes;
    private final long seed;
    private long steps;

    /**
     * Loads the script.
     *
     * @param steps training steps that it has behind it
     * @throws IllegalArgumentException if it is none, or has no parameters of float32
     */
    ScriptNet(PtNDManager manager, String name, byte[] module, int channels, int classes, long seed, long steps) {
        this.name = name;
        this.manager = manager;
        this.channels = channels;
        this.classes = classes;
        this.seed = seed;
        this.steps = steps;
        JniUtils.setGraphExecutorOptimize(false);
        try {
            script = JniUtils.loadModule(manager, new ByteArrayInputStream(module), true, false);
        } catch (IOException | EngineException none) {
            throw new IllegalArgumentException(
                    "modelFile is no TorchScript, as torch.jit.save writes it: " + firstLine(none), none);
        }
    }

    @Override
    public void declare(Tensors tensors) {
        NDList parameters = JniUtils.moduleGetParams(script, manager);
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("modelFile has no parameters to train: was it frozen?");
        }
        for (NDArray parameter : parameters) {
            if (parameter.getDataType() != DataType.FLOAT32) {
                throw new IllegalArgumentException("modelFile has parameter " + parameter.getName() + " of "
                        + parameter.getDataType() + ", allowed is float32");
            }
            tensors.adopt(parameter.getName(), parameter);
        }
    }

    @Override
    public NDArray forward(Tensors tensors, Convolutions convolutions, NDArray images, boolean training) {
        if (training) {
            JniUtils.enableTrainingMode(script);
            JniUtils.setSeed(31 * seed + steps++);
        } else {
            JniUtils.enableInferenceMode(script);
        }
        return logits(images);
    }

    private NDArray logits(NDArray images) {
        // Whole planes, one after the other, as scripts that look at memory expect.
        Shape shape = images.getShape();
        try (NDArray flat = images.flatten();
                NDArray planes = flat.reshape(shape)) {
            // As in training: whether there are gradients is the thread's gradient mode, then.
            return IValueUtils.forward(script, new NDList(planes), true).singletonOrThrow();
        }
    }

    /**
     * Refuses a script that does not make logits of the dataset's classes of its images.
     *
     * @param images a few, of the dataset's shape
     */
    void requireFits(NDArray images) {
        Shape needed = new Shape(images.getShape().get(0), classes);
        String of = " for images " + images.getShape();
        JniUtils.enableInferenceMode(script);
        try (NDArray logits = logits(images)) {
            if (!logits.getShape().equals(needed) || logits.getDataType() != DataType.FLOAT32) {
                throw new IllegalArgumentException("modelFile gives " + logits.getDataType() + " " + logits.getShape()
                        + of + ", allowed is float32 " + needed + ": a logit for each class of the dataset");
            }
        } catch (EngineException | IllegalStateException failed) {
            throw new IllegalArgumentException("modelFile fails" + of + ": " + lastLine(failed), failed);
        }
    }

    byte[] module() {
        ByteArrayOutputStream module = new ByteArrayOutputStream();
        JniUtils.writeModule(script, module, false);
        return module.toByteArray();
    }

    long steps() {
        return steps;
    }

    private static String firstLine(Exception failed) {
        return String.valueOf(failed.getMessage()).strip().lines().findFirst().orElse("");
    }

    private static String lastLine(Exception failed) {
        return String.valueOf(failed.getMessage()).strip().lines().reduce("", (before, line) -> line);
    }

    @Override
    public Network.Architecture architecture() {
        return new Network.Architecture("torchscript", name, new int[0], new int[0], channels, classes);
    }
}
