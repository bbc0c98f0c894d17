package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.trainer.optimize.NesterovSgd;
import org.jspecify.annotations.Nullable;

/**
 * A network with its optimizer, as it is to be created. Equal specifications give equal weights.
 *
 * @param channels channels of an image
 */
public record NetworkSpec(Origin origin, int channels, int classes, long seed, double momentum, double weightDecay) {
    private static final String VELOCITY = "velocity.";
    private static final String SCRIPT = "dietsb.script";
    private static final String STEPS = "dietsb.script-steps";

    /**
     * The kind of a network and its initial parameters.
     *
     * @param model its name
     * @param script TorchScript of a user's own network; null = the network of the catalogue with that name
     * @param initial tensors of another run for a fresh network of the catalogue; null = all tensors are drawn
     * @param saved tensors that {@link Network#writeTraining} wrote, in place of script and initial; null = a fresh network
     */
    public record Origin(
            String model,
            byte @Nullable [] script,
            @Nullable Initial initial,
            Safetensors.@Nullable Content saved) {

        /** A fresh network of the catalogue. */
        public static Origin fresh(String model) {
            return new Origin(model, null, null, null);
        }
    }

    Net open(NDManager manager) {
        Safetensors.Content saved = origin.saved;
        byte[] script = saved != null && saved.bytes().containsKey(SCRIPT)
                ? saved.bytes().get(SCRIPT)
                : origin.script;
        if (script == null) {
            return ModelCatalog.open(origin.model, channels, classes);
        }
        if (origin.initial != null) {
            throw new IllegalArgumentException("init is not allowed with modelFile, which holds its own parameters");
        }
        byte[] steps = saved == null ? null : saved.bytes().get(STEPS);
        return new ScriptNet(
                (PtNDManager) manager,
                origin.model,
                script,
                channels,
                classes,
                seed,
                steps == null ? 0 : ByteBuffer.wrap(steps).getLong());
    }

    /** Declares the tensors of the network, with the values of its origin if there are any. */
    Tensors declare(NDManager manager, Net net) {
        Tensors tensors = new Tensors(manager, seed, given(manager, net));
        net.declare(tensors);
        return tensors;
    }

    private Map<String, float[]> given(NDManager manager, Net net) {
        if (origin.saved != null) {
            return origin.saved.tensors();
        }
        if (origin.initial == null) {
            return Map.of();
        }
        try (NDManager scratch = manager.newSubManager()) {
            Tensors fresh = new Tensors(scratch, seed, Map.of());
            net.declare(fresh);
            return origin.initial.fitting(origin.model, fresh.all());
        }
    }

    NesterovSgd optimizer(NDManager manager, Tensors tensors) {
        Safetensors.Content saved = origin.saved;
        List<float[]> velocities = saved == null
                ? List.of()
                : tensors.parameterNames().stream()
                        .map(name -> velocity(saved, name))
                        .toList();
        return new NesterovSgd(manager, tensors.parameters(), momentum, weightDecay, velocities);
    }

    private static float[] velocity(Safetensors.Content saved, String name) {
        float[] velocity = saved.tensors().get(VELOCITY + name);
        if (velocity == null || !saved.tensors().containsKey(name)) {
            throw new IllegalArgumentException("tensor " + name + " or its velocity is missing");
        }
        return velocity;
    }

    /** Returns the tensors of a network and its optimizer by the names under which they are saved. */
    static Map<String, NDArray> savedTensors(Tensors tensors, NesterovSgd optimizer) {
        Map<String, NDArray> all = new LinkedHashMap<>(tensors.all());
        List<String> names = tensors.parameterNames();
        List<NDArray> velocities = optimizer.velocities();
        for (int i = 0; i < names.size(); i++) {
            all.put(VELOCITY + names.get(i), velocities.get(i));
        }
        return all;
    }

    /** Returns what is saved of a network besides its tensors. */
    static Map<String, byte[]> savedBytes(Net net) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        if (net instanceof ScriptNet script) {
            bytes.put(SCRIPT, script.module());
            bytes.put(
                    STEPS,
                    ByteBuffer.allocate(Long.BYTES).putLong(script.steps()).array());
        }
        return bytes;
    }
}
