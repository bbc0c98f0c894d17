package org.dietsb.bench.cost;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.testbed.Spread;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.model.Network;

/** The parts of an epoch, each timed by itself, in seconds over all rounds. */
final class StepParts {
    private static final int EACH = 4;

    private final int batch;
    private final Map<Part, List<Double>> times = new HashMap<>();

    private sealed interface Part {
        record Step(int size) implements Part {}

        record Pass(double scale) implements Part {}
    }

    /**
     * Creates an empty collection.
     *
     * @param batch examples of a selection pass
     */
    StepParts(int batch) {
        this.batch = batch;
    }

    /** Times, in turn, steps of these sizes and selection passes at these scales, several times each after a first. */
    void measure(Network network, DeviceImages images, Collection<Integer> sizes, Collection<Double> scales) {
        for (int i = 0; i <= EACH; i++) {
            for (int size : sizes) {
                note(i, new Part.Step(size), step(network, images, indices(images, size, i)));
            }
            for (double scale : scales) {
                note(i, new Part.Pass(scale), pass(network, images, indices(images, batch, i), scale));
            }
        }
    }

    private void note(int turn, Part part, double seconds) {
        if (turn > 0) {
            times.computeIfAbsent(part, any -> new ArrayList<>()).add(seconds);
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

    /** Returns the time of a training step of this many examples. */
    Spread step(int size) {
        return spread(new Part.Step(size));
    }

    /** Returns the time of a batch's selection pass at this scale. */
    Spread pass(double scale) {
        return spread(new Part.Pass(scale));
    }

    private Spread spread(Part part) {
        List<Double> measured = times.get(part);
        if (measured == null) {
            throw new IllegalArgumentException("nothing was measured for " + part);
        }
        return Spread.of(measured);
    }
}
