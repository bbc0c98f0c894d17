package org.dietsb.trainer.dataset;

/** The pixels of images of one shape, uint8, [channels, height, width] each. Thread-safe. */
interface Pixels {

    /** Copies an image to the start of an array. */
    void copy(int image, byte[] into);

    /** Returns an image in an array of its own. */
    default byte[] image(int image, int bytesOfOne) {
        byte[] pixels = new byte[bytesOfOne];
        copy(image, pixels);
        return pixels;
    }

    /** Whether each use decodes a picture, which takes longer than copying it. */
    default boolean isStreamed() {
        return false;
    }

    /** Wraps the pixels of all images, without copying them. */
    static Pixels of(byte[] all, int bytesOfOne) {
        return (image, into) -> System.arraycopy(all, image * bytesOfOne, into, 0, bytesOfOne);
    }
}
