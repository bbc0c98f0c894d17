package org.dietsb.bench.path;

/** A route from a batch's losses to its mask and back. Single-threaded. */
public interface MaskRoute extends AutoCloseable {

    /** Sends the next batch without waiting. */
    void announce();

    /** Waits for the mask of the oldest batch in flight. */
    void awaitMask() throws InterruptedException;

    @Override
    void close();
}
