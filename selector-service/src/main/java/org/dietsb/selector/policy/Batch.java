package org.dietsb.selector.policy;

import org.dietsb.contracts.RandomStream;

/**
 * A batch to be judged.
 *
 * @param seed of the run
 * @param epoch from 1
 * @param batch from 0
 * @param size examples in it
 * @param losses [size] cross-entropy in nats, or none
 */
public record Batch(long seed, int epoch, int batch, int size, float[] losses) {

    /** Chance of its examples, by their places; streams of other names are independent. */
    RandomStream chance(String stream) {
        return RandomStream.of(stream, seed, epoch, batch);
    }
}
