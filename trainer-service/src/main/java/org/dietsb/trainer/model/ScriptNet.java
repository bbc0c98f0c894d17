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
import java.util.Set;
import org.dietsb.trainer.script.ScriptArchive;
import org.dietsb.trainer.script.ScriptRefusedException;
import org.jboss.logging.Logger;

/**
 * A user's own network, as TorchScript. Its parameters are trained in place, except those that do not require a gradient. Its
 * buffers, such as the statistics of BatchNorm, are updated by the script and stay in it, since DJL does not expose them. Random
 * operations, such as dropout, are seeded with the run's seed and the number of the step. The network computes in float32 at any
 * precision.
 *
 * <p>The script is interpreted without the optimizations of the graph executor: these depend on how often the script ran before, and
 * so would the bits after a resumption.
 *
 * <p>The file is checked before libtorch loads it. Messages of libtorch about it go to the log only.
 */
final class ScriptNet implements Net {
    private static final Logger LOG = Logger.getLogger(ScriptNet.class);
    private static final String IN_THE_LOG = "; libtorch's message is in the log of the trainer";

    private final String name;
    private final PtNDManager manager;
    private final PtSymbolBlock script;
    private final int channels;
    private final int classes;
    private final long seed;
    private long steps;
    private boolean trainsSingleImages = true;

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
            ScriptArchive checked = ScriptArchive.of(module);
            requireHere(checked.accelerators());
            script = load(checked.content());
        } catch (ScriptRefusedException refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
    }

    private void requireHere(Set<String> accelerators) {
        String here =
                manager.getDevice().isGpu() ? "cuda:" + manager.getDevice().getDeviceId() : "cpu";
        for (String named : accelerators) {
            if (!named.equals(here) && !(named + ":0").equals(here)) {
                throw new IllegalArgumentException("modelFile names device " + named
                        + " in its code, this trainer computes on " + here
                        + ": create tensors on the device of the images (x.device) instead");
            }
        }
    }

    private PtSymbolBlock load(byte[] checked) {
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(checked), true, false);
        } catch (IOException | EngineException none) {
            LOG.warn("libtorch cannot load a modelFile", none);
            throw new IllegalArgumentException(
                    "modelFile is not TorchScript that libtorch can load" + IN_THE_LOG, none);
        }
    }

    @Override
    public void declare(Tensors tensors) {
        NDList parameters = JniUtils.moduleGetParams(script, manager);
        for (NDArray parameter : parameters) {
            boolean isFloat = parameter.getDataType() == DataType.FLOAT32;
            if (parameter.hasGradient() && !isFloat) {
                throw new IllegalArgumentException(
                        "modelFile has a parameter of " + parameter.getDataType() + ", allowed is float32");
            }
            if (parameter.hasGradient()) {
                tensors.adopt(parameter.getName(), parameter);
            } else if (isFloat) {
                tensors.adoptFrozen(parameter.getName(), parameter);
            }
        }
        if (tensors.parameters().isEmpty()) {
            throw new IllegalArgumentException("modelFile has no parameters to train: was it frozen?");
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
        return logits(script, images);
    }

    /** Computes logits [B, classes]; rejects any other result. */
    private NDArray logits(PtSymbolBlock block, NDArray images) {
        Shape shape = images.getShape();
        NDList results;
        // Contiguous planes, as scripts that depend on the memory layout expect.
        try (NDArray flat = images.flatten();
                NDArray planes = flat.reshape(shape)) {
            // "Training" leaves it to the thread's gradient mode whether there are gradients.
            results = IValueUtils.forward(block, new NDList(planes), true);
        } catch (RuntimeException failure) {
            throw failed(images, failure);
        }
        Shape needed = new Shape(shape.get(0), classes);
        if (results.size() != 1) {
            results.close();
            throw new IllegalArgumentException(
                    "modelFile returns a tuple, a list or nothing, allowed is one tensor: the logits," + " float32 "
                            + needed + " for images " + shape);
        }
        NDArray logits = results.get(0);
        if (!logits.getShape().equals(needed) || logits.getDataType() != DataType.FLOAT32) {
            try (logits) {
                throw new IllegalArgumentException("modelFile gives " + logits.getDataType() + " " + logits.getShape()
                        + " for images " + shape + ", allowed is float32 " + needed
                        + ": a logit for each class of the dataset");
            }
        }
        return logits;
    }

    /** Describes a failure of a script in words of its own. */
    static IllegalArgumentException failed(NDArray images, RuntimeException failure) {
        LOG.warn("A modelFile fails in libtorch", failure);
        return new IllegalArgumentException("modelFile fails for images " + images.getShape() + IN_THE_LOG, failure);
    }

    /**
     * Rejects a script that does not compute logits for the dataset's classes from its images, and tries what it can be trained on.
     *
     * @param two images of the dataset's shape
     * @param one image
     */
    void requireFits(NDArray two, NDArray one) {
        JniUtils.enableInferenceMode(script);
        logits(script, two).close();
        logits(script, one).close();
        // A copy, since training changes the statistics of BatchNorm.
        PtSymbolBlock copy = load(module());
        try {
            JniUtils.enableTrainingMode(copy);
            logits(copy, two).close();
            trainsSingleImages = trainsOn(copy, one);
        } finally {
            copy.close();
        }
    }

    private boolean trainsOn(PtSymbolBlock copy, NDArray images) {
        try {
            logits(copy, images).close();
            JniUtils.enableInferenceMode(copy);
            try (NDArray after = logits(copy, images)) {
                for (float logit : after.toFloatArray()) {
                    if (!Float.isFinite(logit)) {
                        return false;
                    }
                }
            }
            return true;
        } catch (IllegalArgumentException tooFew) {
            return false;
        }
    }

    boolean trainsSingleImages() {
        return trainsSingleImages;
    }

    byte[] module() {
        ByteArrayOutputStream module = new ByteArrayOutputStream();
        JniUtils.writeModule(script, module, false);
        return module.toByteArray();
    }

    long steps() {
        return steps;
    }

    @Override
    public Network.Architecture architecture() {
        return new Network.Architecture("torchscript", name, new int[0], new int[0], channels, classes);
    }
}
