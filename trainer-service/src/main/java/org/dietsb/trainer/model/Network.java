package org.dietsb.trainer.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.Sha256;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.optimize.NesterovSgd;
import org.jspecify.annotations.Nullable;

/**
 * A network with its optimizer, on a device. Trainer thread only: gradient mode is a thread's own, and off here except
 * within {@link #forwardBackward}. Temporaries belong to the manager of the images that come in, so closing that frees them.
 */
public final class Network implements AutoCloseable {
    private static final String VELOCITY = "velocity.";
    private static final String SCRIPT = "dietsb.script";
    private static final String STEPS = "dietsb.script-steps";

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

    /** A fresh network that computes in float32. */
    public static Network create(
            String model, int channels, int classes, long seed, Device device, double momentum, double weightDecay) {
        return create(
                model, channels, classes, seed, device, Precisions.both(Precision.FLOAT32), momentum, weightDecay);
    }

    /**
     * A fresh network; equal seeds give equal weights.
     *
     * @throws IllegalArgumentException if no model has this name
     */
    public static Network create(
            String model,
            int channels,
            int classes,
            long seed,
            Device device,
            Precisions precisions,
            double momentum,
            double weightDecay) {
        return create(model, channels, classes, seed, device, precisions, momentum, weightDecay, Map.of());
    }

    /**
     * A network in the middle of its training.
     *
     * @param saved all tensors, of the optimizer too, as {@link #writeTraining} wrote them; none = a fresh network
     * @throws IllegalArgumentException if no model has this name, or one of its tensors is not there as it should be
     */
    public static Network create(
            String model,
            int channels,
            int classes,
            long seed,
            Device device,
            Precisions precisions,
            double momentum,
            double weightDecay,
            Map<String, float[]> saved) {
        return create(
                new Origin(model, null, null, saved.isEmpty() ? null : Safetensors.Content.of(saved)),
                channels,
                classes,
                seed,
                device,
                precisions,
                momentum,
                weightDecay);
    }

    /**
     * What a network is, and what it begins with.
     *
     * @param model its name
     * @param script TorchScript of a network of one's own; null = the catalogue's of that name
     * @param initial tensors of another run, for a fresh network of the catalogue; the last layer is drawn anew where the classes are
     *     others. Null = all are drawn
     * @param saved what {@link #writeTraining} wrote, in place of script and initial; null = a fresh network
     */
    public record Origin(
            String model,
            byte @Nullable [] script,
            Safetensors.@Nullable Content initial,
            Safetensors.@Nullable Content saved) {}

    /**
     * A network of the catalogue or of one's own, fresh, with another's parameters, or in the middle of its training.
     *
     * @throws IllegalArgumentException naming what does not fit
     */
    public static Network create(
            Origin origin,
            int channels,
            int classes,
            long seed,
            Device device,
            Precisions precisions,
            double momentum,
            double weightDecay) {
        NDManager manager = NDManager.newBaseManager(device);
        try {
            JniUtils.setGradMode(false);
            Safetensors.Content saved = origin.saved();
            Net net = open(manager, origin, channels, classes, seed);
            Tensors tensors = new Tensors(manager, seed, given(manager, net, origin, seed));
            net.declare(tensors);
            List<float[]> velocities = new ArrayList<>();
            if (saved != null) {
                for (String name : tensors.parameterNames()) {
                    float[] velocity = saved.tensors().get(VELOCITY + name);
                    if (velocity == null || !saved.tensors().containsKey(name)) {
                        throw new IllegalArgumentException("tensor " + name + " or its velocity is missing");
                    }
                    velocities.add(velocity);
                }
            }
            NesterovSgd optimizer = new NesterovSgd(manager, tensors.parameters(), momentum, weightDecay, velocities);
            return new Network(manager, net, tensors, optimizer, precisions);
        } catch (RuntimeException | Error failed) {
            manager.close();
            throw failed;
        }
    }

    private static Net open(NDManager manager, Origin origin, int channels, int classes, long seed) {
        Safetensors.Content saved = origin.saved();
        byte[] script = saved != null && saved.bytes().containsKey(SCRIPT)
                ? saved.bytes().get(SCRIPT)
                : origin.script();
        if (script == null) {
            return ModelCatalog.open(origin.model(), channels, classes);
        }
        if (origin.initial() != null) {
            throw new IllegalArgumentException("init is of no use with modelFile, which holds its own parameters");
        }
        byte[] steps = saved == null ? null : saved.bytes().get(STEPS);
        return new ScriptNet(
                (PtNDManager) manager,
                origin.model(),
                script,
                channels,
                classes,
                seed,
                steps == null ? 0 : ByteBuffer.wrap(steps).getLong());
    }

    /** Values of tensors that are not drawn. */
    private static Map<String, float[]> given(NDManager manager, Net net, Origin origin, long seed) {
        Safetensors.Content saved = origin.saved();
        Safetensors.Content initial = origin.initial();
        if (saved != null) {
            return saved.tensors();
        }
        if (initial == null) {
            return Map.of();
        }
        try (NDManager scratch = manager.newSubManager()) {
            Tensors fresh = new Tensors(scratch, seed, Map.of());
            net.declare(fresh);
            return Initial.fitting(initial, origin.model(), fresh.all());
        }
    }

    /**
     * Refuses a network of one's own that does not make logits of the dataset's classes of its images.
     *
     * @throws IllegalArgumentException saying what it makes instead
     */
    public void mustFit(DeviceImages images) {
        if (net instanceof ScriptNet script) {
            try (NDManager scratch = manager.newSubManager()) {
                script.mustFit(images.gather(scratch, new int[] {0, images.count() - 1}));
            }
        }
    }

    public NDManager manager() {
        return manager;
    }

    /** Logits [B, classes], without gradients, BatchNorm by its running statistics and leaving them alone. */
    public NDArray logits(NDArray pixels) {
        return logits(convolutions, pixels);
    }

    private NDArray logits(Convolutions at, NDArray pixels) {
        JniUtils.setGradMode(false);
        return net.forward(tensors, at, pixels, false);
    }

    /** Cross-entropy of each example [B], in nats, without gradients: the selection pass, at its own precision. */
    public float[] losses(NDArray pixels, NDArray labels) {
        return Losses.crossEntropy(logits(selectionConvolutions, pixels), labels)
                .toFloatArray();
    }

    /** {@code || softmax(f(x)) - onehot(y) ||_2} of each example [B], in [0, sqrt 2] (Paul et al. 2021, section 2). */
    public float[] errorNorms(NDArray pixels, NDArray labels) {
        return Losses.errorNorms(logits(pixels), labels);
    }

    /** How many of the images are classified right, in batches of the given size. */
    public Evaluation evaluate(DeviceImages images, int batchSize) {
        int correct = 0;
        double lossSum = 0;
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

    /**
     * Forward and backward: adds the gradient of {@code sum(w_i l_i) / B} to the parameters' gradients.
     *
     * @param weights [B] of the examples; null = all 1
     * @return the losses of the examples, to be fetched before the next call if they are wanted
     */
    public StepLosses forwardBackward(NDArray pixels, NDArray labels, float @Nullable [] weights) {
        return forwardBackward(pixels, labels, weights, false);
    }

    /** The same, with the examples' error norms if they are wanted; they come from the same forward pass. */
    public StepLosses forwardBackward(
            NDArray pixels, NDArray labels, float @Nullable [] weights, boolean withErrorNorms) {
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
            predicted = withErrorNorms ? logits.stopGradient() : null;
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

    /** One optimizer step by the gradients gathered since the last. */
    public void step(double learningRate) {
        optimizer.step(learningRate);
    }

    /**
     * Waits until the device has done what it was given; what follows on the clock is not of this network. The CPU does it at
     * once. DJL has no call for that: to copy a value that is computed last is to wait.
     */
    public void awaitDevice() {
        if (manager.getDevice().isGpu()) {
            try (NDManager scratch = manager.newSubManager()) {
                scratch.zeros(new Shape(1)).toFloatArray();
            }
        }
    }

    /** Trainable parameters. */
    public long parameterCount() {
        return tensors.parameters().stream().mapToLong(NDArray::size).sum();
    }

    /** SHA-256 in hex over every tensor's name and values, BatchNorm statistics included. */
    public String checksum() {
        MessageDigest digest = Sha256.digest();
        for (Map.Entry<String, NDArray> tensor : tensors.all().entrySet()) {
            digest.update(tensor.getKey().getBytes(StandardCharsets.UTF_8));
            digest.update(bytes(tensor.getValue()));
        }
        return Sha256.hex(digest);
    }

    /** Values as 4-byte little-endian floats. */
    static byte[] bytes(NDArray tensor) {
        float[] values = tensor.toFloatArray();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Whether it is one of one's own, as TorchScript. */
    public boolean isScript() {
        return net instanceof ScriptNet;
    }

    /**
     * Writes the network: every tensor, under the names PyTorch code usually gives them, as safetensors; one of one's own as
     * TorchScript.
     */
    public void writeModel(Path file, Map<String, String> metadata) throws IOException {
        if (net instanceof ScriptNet script) {
            Files.write(file, script.module());
        } else {
            Safetensors.write(file, tensors.all(), Map.of(), metadata);
        }
    }

    /** The tensors with the optimizer's state, named {@code velocity.} and the parameter: what it takes to go on training. */
    public void writeTraining(Path file, Map<String, String> metadata) throws IOException {
        Map<String, NDArray> all = new LinkedHashMap<>(tensors.all());
        List<String> names = tensors.parameterNames();
        List<NDArray> velocities = optimizer.velocities();
        for (int i = 0; i < names.size(); i++) {
            all.put(VELOCITY + names.get(i), velocities.get(i));
        }
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        if (net instanceof ScriptNet script) {
            bytes.put(SCRIPT, script.module());
            bytes.put(
                    STEPS,
                    ByteBuffer.allocate(Long.BYTES).putLong(script.steps()).array());
        }
        Safetensors.write(file, all, bytes, metadata);
    }

    /** What it takes to build the same architecture elsewhere. */
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
     * An architecture by its numbers.
     *
     * @param family resnet, wide-resnet, googlenet, or torchscript for one of one's own
     * @param blocks of each stage
     * @param widths channels at the end of each stage
     * @param channels of an image
     */
    public record Architecture(String family, String model, int[] blocks, int[] widths, int channels, int classes) {}
}
