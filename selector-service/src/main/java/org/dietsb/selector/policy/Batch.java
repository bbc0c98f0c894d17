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
 * @param references [size] losses of a reference, in nats, or empty
 */
public record Batch(long seed, int epoch, int batch, int size, float[] losses, float[] references) {

    /** Creates a batch without reference losses. */
    public Batch(long seed, int epoch, int batch, int size, float[] losses) {
        this(seed, epoch, batch, size, losses, new float[0]);
    }

    /** Returns the random numbers of the examples, by place; streams of different names are independent. */
    RandomStream chance(String stream) {
        return RandomStream.of(stream, seed, epoch, batch);
    }
}
