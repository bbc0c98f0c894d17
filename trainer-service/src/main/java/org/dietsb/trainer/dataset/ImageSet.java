package org.dietsb.trainer.dataset;

import java.util.Arrays;

/**
 * Images with their labels. The arrays are held, not copied (CIFAR's are 150 MB): they are not to be written to.
 *
 * @param pixels [count, channels, height, width], uint8
 * @param labels [count], classes from 0
 */
public record ImageSet(int count, int channels, int height, int width, byte[] pixels, byte[] labels) {

    public ImageSet {
        if (labels.length != count || pixels.length != (long) count * channels * height * width) {
            throw new IllegalArgumentException(pixels.length + " pixels and " + labels.length + " labels are not "
                    + count + " images of " + channels + "x" + height + "x" + width);
        }
    }

    public int label(int index) {
        return labels[index] & 0xFF;
    }

    /** The first so many images; all if there are fewer, or if the limit is 0. */
    ImageSet first(int limit) {
        if (limit == 0 || limit >= count) {
            return this;
        }
        return new ImageSet(
                limit,
                channels,
                height,
                width,
                Arrays.copyOf(pixels, limit * channels * height * width),
                Arrays.copyOf(labels, limit));
    }
}
