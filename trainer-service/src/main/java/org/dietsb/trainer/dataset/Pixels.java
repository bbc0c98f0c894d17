package org.dietsb.trainer.dataset;

/** The pixels of images of one shape, uint8, [channels, height, width] each. Thread-safe. */
interface Pixels {

    /** Copies an image to the start of an array. */
    void copy(int image, byte[] into);

    /** Wraps the pixels of all images, without copying them. */
    static Pixels of(byte[] all, int bytesOfOne) {
        return (image, into) -> System.arraycopy(all, image * bytesOfOne, into, 0, bytesOfOne);
    }
}
