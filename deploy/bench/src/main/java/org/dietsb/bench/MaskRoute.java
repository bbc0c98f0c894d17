package org.dietsb.bench;

/** A way from a batch's losses to its mask and back. One thread. */
interface MaskRoute extends AutoCloseable {

    /** Sends the next batch on its way, and does not wait. */
    void announce();

    /** Waits for the mask of the batch that has been on its way for longest. */
    void awaitMask() throws InterruptedException;

    @Override
    void close();
}
