package org.dietsb.selector.policy;

import org.dietsb.contracts.RandomStream;

/**
 * A batch to be judged.
 *
 * @param seed of the run
 * @param epoch from 1
 * @param batch from 0
 * @param size number of examples
 * @param losses [size] cross-entropy in nats, or empty
 */
public record Batch(long seed, int epoch, int batch, int size, float[] losses) {

    /** Returns the random numbers of the examples, by place; streams of different names are independent. */
    RandomStream chance(String stream) {
        return RandomStream.of(stream, seed, epoch, batch);
    }
}
