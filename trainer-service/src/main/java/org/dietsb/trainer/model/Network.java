package org.dietsb.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import org.dietsb.contracts.Sha256;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.optimize.NesterovSgd;
import org.jspecify.annotations.Nullable;

/**
 * A network with its optimizer, on a device. Trainer thread only: gradient mode is thread-local, and off except within
 * {@link #forwardBackward}. Temporary arrays belong to the manager of the input images and are freed when it is closed.
 */
public final class Network implements AutoCloseable {
    private final NDManager manager;
    private final Net net;
    private final Tensors tensors;
    private final NesterovSgd optimizer;
    private final Convolutions convolutions;
    private final Convolutions selectionConvolutions;
    private @Nullable StepLosses lastLosses;

    private Network(NDManager manager, Net net, Tensors tensors, NesterovSgd optimizer, Precisions precisions) {
        this.manager = manager;
        this.net = net;
        this.tensors = tensors;
        this.optimizer = optimizer;
        this.convolutions = precisions.training().open(manager);
        this.selectionConvolutions = precisions.selection() == precisions.training()
                ? convolutions
                : precisions.selection().open(manager);
    }

    /**
     * Creates a network of the catalogue or of the user, fresh, with given parameters, or in the middle of its training.
     *
     * @throws IllegalArgumentException naming what does not fit
     */
    public static Network create(NetworkSpec spec, Device device, Precisions precisions) {
        NDManager manager = NDManager.newBaseManager(device);
        try {
            JniUtils.setGradMode(false);
            Net net = spec.open(manager);
            Tensors tensors = spec.declare(manager, net);
            return new Network(manager, net, tensors, spec.optimizer(manager, tensors), precisions);
        } catch (RuntimeException | Error failed) {
            manager.close();
            throw failed;
        }
    }

    /**
     * Rejects a user's network that does not compute logits for the dataset's classes from its images.
     *
     * @throws IllegalArgumentException naming its output
     */
    public void requireFits(DeviceImages images) {
        if (net instanceof ScriptNet script) {
            try (NDManager scratch = manager.newSubManager()) {
                script.requireFits(
                        images.gather(scratch, new int[] {0, images.count() - 1}),
                        images.gather(scratch, new int[] {0}));
            }
        }
    }

    /** Whether the network can take a training step on a single image; one with BatchNorm1d cannot. */
    public boolean trainsSingleImages() {
        return !(net instanceof ScriptNet script) || script.trainsSingleImages();
    }

    public NDManager manager() {
        return manager;
    }

    /** Computes logits [B, classes] without gradients. BatchNorm uses its running statistics and does not change them. */
    public NDArray logits(NDArray pixels) {
        return logits(convolutions, pixels);
    }

    private NDArray logits(Convolutions at, NDArray pixels) {
        JniUtils.setGradMode(false);
        return net.forward(tensors, at, pixels, false);
    }

    /** Runs the selection pass, at its own precision: losses of the examples and whether they are classified correctly, without gradients. */
    public PassLosses selectionPass(NDArray pixels, NDArray labels) {
        NDArray logits = logits(selectionConvolutions, pixels);
        return Losses.fetch(Losses.crossEntropy(logits, labels), logits, labels);
    }

    /** Runs the selection pass: cross-entropy of each example [B], in nats. */
    public float[] losses(NDArray pixels, NDArray labels) {
        return selectionPass(pixels, labels).losses();
    }

    /** Computes {@code || softmax(f(x)) - onehot(y) ||_2} of each example [B], in [0, sqrt 2] (Paul et al. 2021, section 2). */
    public float[] errorNorms(NDArray pixels, NDArray labels) {
        return Losses.errorNorms(logits(pixels), labels);
    }

    /** Classifies all images, in batches of the given size. */
    public Evaluation evaluate(DeviceImages images, int batchSize) {
        int correct = 0;
        double lossSum = 0;
        images.expectAll();
        for (int from = 0; from < images.count(); from += batchSize) {
            int[] indices = new int[Math.min(batchSize, images.count() - from)];
            int first = from;
            Arrays.setAll(indices, i -> first + i);
            try (NDManager scratch = manager.newSubManager()) {
                NDArray labels = images.labels(scratch, indices);
                NDArray logits = logits(images.gather(scratch, indices));
                correct += (int) logits.argMax(1).eq(labels).countNonzero().getLong();
                for (float loss : Losses.crossEntropy(logits, labels).toFloatArray()) {
                    lossSum += loss;
                }
            }
        }
        return new Evaluation(correct, images.count(), lossSum / images.count());
    }

    /** Computes forward and backward for the losses alone. */
    public StepLosses forwardBackward(NDArray pixels, NDArray labels, float @Nullable [] weights) {
        return forwardBackward(pixels, labels, weights, false);
    }

    /**
     * Computes forward and backward: adds the gradient of {@code sum(w_i l_i) / B} to the parameters' gradients.
     *
     * @param weights [B] of the examples; null = all 1
     * @param withPredictions whether to keep what error norms and classifications of the examples are computed from
     * @return the losses of the examples, to be fetched before the next call if they are needed
     */
    public StepLosses forwardBackward(
            NDArray pixels, NDArray labels, float @Nullable [] weights, boolean withPredictions) {
        if (lastLosses != null) {
            lastLosses.free();
        }
        NDManager scratch = pixels.getManager();
        NDArray each;
        NDArray predicted = null;
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray logits = net.forward(tensors, convolutions, pixels, true);
            NDArray losses = Losses.crossEntropy(logits, labels);
            NDArray weighted = weights == null ? losses : losses.mul(scratch.create(weights));
            collector.backward(weighted.sum().div(Scalars.of(scratch, labels.size())));
            each = losses.stopGradient();
            predicted = withPredictions ? logits.stopGradient() : null;
        } catch (EngineException failed) {
            throw net instanceof ScriptNet ? ScriptNet.failed(pixels, failed) : failed;
        }
        JniUtils.setGradMode(false);
        NDManager untilFetched = manager.newSubManager();
        each.attach(untilFetched);
        NDArray truth = null;
        if (predicted != null) {
            predicted.attach(untilFetched);
            truth = labels.duplicate();
            truth.attach(untilFetched);
        }
        lastLosses = new StepLosses(untilFetched, each, predicted, truth);
        return lastLosses;
    }

    /** Takes one optimizer step with the gradients gathered since the last. */
    public void step(double learningRate) {
        optimizer.step(learningRate);
    }

    /**
     * Waits until the device has finished all queued work. The CPU queues none. DJL has no call for this: copying a value that is
     * computed last waits for everything before it.
     */
    public void awaitDevice() {
        if (manager.getDevice().isGpu()) {
            try (NDManager scratch = manager.newSubManager()) {
                scratch.zeros(new Shape(1)).toFloatArray();
            }
        }
    }

    /** Returns the number of trainable parameters. */
    public long parameterCount() {
        return tensors.parameters().stream().mapToLong(NDArray::size).sum();
    }

    /** Returns the name of a tensor with a value that is NaN or infinite; null if there is none. Waits for the device once. */
    public @Nullable String nonFiniteTensor() {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray total = scratch.zeros(new Shape());
            for (NDArray tensor : tensors.all().values()) {
                try (NDArray sum = tensor.sum()) {
                    total.addi(sum);
                }
            }
            if (Float.isFinite(total.getFloat())) {
                return null;
            }
        }
        // Sums of finite values may overflow.
        for (Map.Entry<String, NDArray> tensor : tensors.all().entrySet()) {
            for (float value : tensor.getValue().toFloatArray()) {
                if (!Float.isFinite(value)) {
                    return tensor.getKey();
                }
            }
        }
        return null;
    }

    /** Returns the SHA-256 in hex over every tensor's name and values, BatchNorm statistics included. */
    public String checksum() {
        MessageDigest digest = Sha256.digest();
        for (Map.Entry<String, NDArray> tensor : tensors.all().entrySet()) {
            digest.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
            digest.update(bytes(tensor.getValue()));
        }
        return Sha256.hex(digest);
    }

    /** Returns the values as 4-byte little-endian floats. */
    static byte[] bytes(NDArray tensor) {
        float[] values = tensor.toFloatArray();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Whether it is a user's own network, as TorchScript. */
    public boolean isScript() {
        return net instanceof ScriptNet;
    }

    /**
     * Writes the network: every tensor as safetensors, under the names that PyTorch code usually gives them; a user's network as
     * TorchScript.
     */
    public void writeModel(Path file, Map<String, String> metadata) throws IOException {
        if (net instanceof ScriptNet script) {
            Files.write(file, script.module());
        } else {
            Safetensors.write(file, tensors.all(), Map.of(), metadata);
        }
    }

    /** Writes everything needed to continue training: the tensors, and the optimizer's state as {@code velocity.} and the parameter. */
    public void writeTraining(Path file, Map<String, String> metadata) throws IOException {
        Safetensors.write(file, NetworkSpec.savedTensors(tensors, optimizer), NetworkSpec.savedBytes(net), metadata);
    }

    /** Describes the architecture, to build it elsewhere. */
    public Architecture architecture() {
        return net.architecture();
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Result of {@link #evaluate}. */
    public record Evaluation(int correct, int count, double meanLoss) {}

    /**
     * The numbers of an architecture.
     *
     * @param family resnet, wide-resnet, googlenet, or torchscript for a user's network
     * @param blocks number in each stage
     * @param widths channels at the end of each stage
     * @param channels channels of an image
     */
    public record Architecture(String family, String model, int[] blocks, int[] widths, int channels, int classes) {}
}
