package org.dietsb.trainer.dataset;

import java.util.Arrays;

/**
 * Images with their labels. Arrays are not copied (those of CIFAR have 150 MB) and must not be modified.
 *
 * @param pixels pixels of at least count images, uint8, [channels, height, width] each
 * @param labels [count], classes from 0
 */
public record ImageSet(int count, int channels, int height, int width, Pixels pixels, int[] labels) {

    public ImageSet {
        if (labels.length != count) {
            throw new IllegalArgumentException(labels.length + " labels for " + count + " images");
        }
    }

    /** Creates a set in memory: pixels [count, channels, height, width], labels [count], uint8. */
    public ImageSet(int count, int channels, int height, int width, byte[] pixels, byte[] labels) {
        this(count, channels, height, width, Pixels.of(pixels, channels * height * width), unsigned(labels));
        if (pixels.length != (long) count * channels * height * width) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels for " + count + " images of " + channels + "x" + height + "x" + width);
        }
    }

    private static int[] unsigned(byte[] labels) {
        int[] all = new int[labels.length];
        Arrays.setAll(all, i -> labels[i] & 0xFF);
        return all;
    }

    public int label(int index) {
        return labels[index];
    }

    /** Returns a copy of one image, [channels, height, width]. */
    public byte[] image(int index) {
        byte[] image = new byte[bytesOfOne()];
        pixels.copy(index, image);
        return image;
    }

    int bytesOfOne() {
        return channels * height * width;
    }

    /** Returns the first images up to the limit; all if there are fewer, or if the limit is 0. */
    public ImageSet first(int limit) {
        return limit == 0 || limit >= count
                ? this
                : new ImageSet(limit, channels, height, width, pixels, Arrays.copyOf(labels, limit));
    }
}
