package org.dietsb.trainer.train;

import java.util.Arrays;

/**
 * The batches of an epoch.
 *
 * @param shuffled the examples of the epoch, in their order
 * @param size examples of a full batch
 * @param count number of batches
 * @param trained number of batches that are left to this run
 * @param length length of the run in epochs
 */
record EpochBatches(int epoch, int[] shuffled, int size, int count, int trained, double length) {

    static EpochBatches of(int epoch, int[] shuffled, int size, double length) {
        int count = (shuffled.length + size - 1) / size;
        int trained = (int) Math.min(count, Math.ceil((length - (epoch - 1)) * count - 1e-6));
        return new EpochBatches(epoch, shuffled, size, count, trained, length);
    }

    /** Share of the epoch's examples that are in trained batches. */
    double share() {
        return shuffled.length == 0 ? 1 : Math.min(1, (double) trained * size / shuffled.length);
    }

    /** Share of the run that was announced before a batch. */
    double progressAt(int batch) {
        return (epoch - 1 + (double) batch / count) / length;
    }

    /** Returns the examples of the trained batches from this one on, in their order. */
    int[] from(int batch) {
        int end = (int) Math.min(shuffled.length, (long) trained * size);
        return Arrays.copyOfRange(shuffled, Math.min(end, batch * size), end);
    }

    int[] indices(int batch) {
        return Arrays.copyOfRange(shuffled, batch * size, Math.min(shuffled.length, (batch + 1) * size));
    }
}
