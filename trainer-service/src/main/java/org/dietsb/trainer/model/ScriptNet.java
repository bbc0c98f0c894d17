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
 * A user's own network, as TorchScript. Its parameters are trained in place. Its buffers, such as the statistics of BatchNorm, are
 * updated by the script and stay in it, since DJL does not expose them. Random operations, such as dropout, are seeded with the run's
 * seed and the number of the step. The network computes in float32 at any precision.
 *
 * <p>The script is interpreted without the optimizations of the graph executor: these depend on how often the script ran before, and
 * so would the bits after a resumption.
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
     * @param steps number of training steps taken before
     * @throws IllegalArgumentException if it is not a script, or has no float32 parameters
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
                    "modelFile is not TorchScript as torch.jit.save writes it: " + firstLine(none), none);
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
        // Contiguous planes, as scripts that depend on the memory layout expect.
        Shape shape = images.getShape();
        try (NDArray flat = images.flatten();
                NDArray planes = flat.reshape(shape)) {
            // "Training" leaves it to the thread's gradient mode whether there are gradients.
            return IValueUtils.forward(script, new NDList(planes), true).singletonOrThrow();
        }
    }

    /**
     * Rejects a script that does not compute logits for the dataset's classes from its images.
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
