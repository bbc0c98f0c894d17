package org.dietsb.trainer.dataset;

/** Pixels of images of one shape, uint8, wherever they lie: [channels, height, width] each. Thread-safe. */
interface Pixels {

    /** Copies an image to the beginning of an array that has room for it. */
    void copy(int image, byte[] into);

    /** All in memory, one after the other; held, not copied. */
    static Pixels of(byte[] all, int bytesOfOne) {
        return (image, into) -> System.arraycopy(all, image * bytesOfOne, into, 0, bytesOfOne);
    }
}
