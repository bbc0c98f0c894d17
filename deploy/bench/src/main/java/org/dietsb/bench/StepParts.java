package org.dietsb.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.model.Network;

/** What an epoch is made of, each part timed by itself, in seconds: the median of all rounds. */
final class StepParts {
    private static final int EACH = 4;

    private final int batch;
    private final Map<Integer, List<Double>> steps = new TreeMap<>();
    private final Map<Double, List<Double>> passes = new TreeMap<>();

    /**
     * @param batch examples of a selection pass
     */
    StepParts(int batch) {
        this.batch = batch;
    }

    /** Times, in turn, steps of these sizes and selection passes at these scales, a few times each after a first. */
    void measure(Network network, DeviceImages images, Collection<Integer> sizes, Collection<Double> scales) {
        for (int i = 0; i <= EACH; i++) {
            for (int size : sizes) {
                double seconds = step(network, images, indices(images, size, i));
                if (i > 0) {
                    steps.computeIfAbsent(size, any -> new ArrayList<>()).add(seconds);
                }
            }
            for (double scale : scales) {
                double seconds = pass(network, images, indices(images, batch, i), scale);
                if (i > 0) {
                    passes.computeIfAbsent(scale, any -> new ArrayList<>()).add(seconds);
                }
            }
        }
    }

    private static int[] indices(DeviceImages images, int size, int turn) {
        int[] indices = new int[size];
        Arrays.setAll(indices, i -> (int) ((turn * 7_919L + i * 31L) % images.count()));
        return indices;
    }

    private static double step(Network network, DeviceImages images, int[] indices) {
        long started = System.nanoTime();
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = images.gatherAugmented(manager, indices, 1, 1, true, true);
            network.forwardBackward(pixels, images.labels(manager, indices), null);
            network.step(.01);
        }
        network.awaitDevice();
        return (System.nanoTime() - started) / 1e9;
    }

    private static double pass(Network network, DeviceImages images, int[] indices, double scale) {
        long started = System.nanoTime();
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = images.gatherAugmented(manager, indices, 1, 1, true, true);
            network.losses(scale == 1 ? pixels : DeviceImages.scaled(pixels, scale), images.labels(manager, indices));
        }
        return (System.nanoTime() - started) / 1e9;
    }

    /** A training step of so many examples. */
    Spread step(int size) {
        return spread(steps, size);
    }

    /** A selection pass of a batch. */
    Spread pass(double scale) {
        return spread(passes, scale);
    }

    private static <K> Spread spread(Map<K, List<Double>> times, K key) {
        List<Double> measured = times.get(key);
        if (measured == null) {
            throw new IllegalArgumentException("nothing was measured for " + key);
        }
        return Spread.of(measured);
    }
}
