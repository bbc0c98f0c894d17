package org.dietsb.trainer.dataset;

import java.util.concurrent.Semaphore;

/**
 * The memory that pictures may take while they are decoded, shared by all threads: a thread waits until its picture fits. So the
 * number of cores does not decide whether large pictures can be decoded. Thread-safe.
 */
final class DecodingMemory {
    private static final int UNIT = 1 << 10;

    private final int units;
    private final Semaphore free;

    DecodingMemory(long bytes) {
        this.units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
        this.free = new Semaphore(units, true);
    }

    /** Returns the largest number of bytes that one picture may take. */
    long most() {
        return (long) units * UNIT;
    }

    /** Waits until the bytes are free, and takes them; returns how many it took. */
    long take(long bytes) {
        int wanted = (int) Math.min(units, (bytes + UNIT - 1) / UNIT);
        free.acquireUninterruptibly(wanted);
        return (long) wanted * UNIT;
    }

    void giveBack(long taken) {
        free.release((int) (taken / UNIT));
    }
}
