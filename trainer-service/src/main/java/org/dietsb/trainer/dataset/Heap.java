package org.dietsb.trainer.dataset;

/**
 * The share of the heap that one set of images, or the pictures that are being decoded, may take. A training set, a test set, what
 * they are read through and the rest of the trainer then fit.
 */
final class Heap {
    private static final long MOST = Runtime.getRuntime().maxMemory() / 4;

    /** Maximum size in bytes of a set that is read into the heap. */
    static final int MOST_OF_A_SET = (int) Math.min(1 << 30, MOST);

    private static final String A_QUARTER = "a quarter of this trainer's heap (-Xmx)";

    private Heap() {}

    /** Returns a quarter of the maximum heap, in bytes. */
    static long most() {
        return MOST;
    }

    /** Returns {@link #most} in words. */
    static String bound() {
        return "allowed is at most " + MOST + ", " + A_QUARTER;
    }

    /** Returns why a set is not larger, in words. */
    static String boundOfASet() {
        return "a set holds " + MOST_OF_A_SET + " bytes: 1 GiB or " + A_QUARTER + ", whichever is less";
    }
}
