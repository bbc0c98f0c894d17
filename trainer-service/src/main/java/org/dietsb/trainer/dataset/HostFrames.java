package org.dietsb.trainer.dataset;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Crops and flips images on the host: the border is not stored.
 *
 * @param stream decodes ahead; null if the set is in memory
 * @param channelsLast whether pixels are interleaved; otherwise each channel is a plane
 */
record HostFrames(ImageSet set, @Nullable PixelsAhead stream, boolean channelsLast) {
    /** Returns the pixels of a batch, image after image. */
    byte[] batch(int[] indices, Frame[] frames) {
        int bytesOfOne = set.bytesOfOne();
        long bytes = (long) indices.length * bytesOfOne;
        if (bytes > Math.min(Integer.MAX_VALUE - 8, Heap.most())) {
            throw new IllegalArgumentException("a batch of " + indices.length + " images of " + set.height() + "x"
                    + set.width() + " has " + bytes + " bytes, " + Heap.bound());
        }
        byte[] batch = new byte[(int) bytes];
        IntStream.range(0, indices.length).parallel().forEach(i -> {
            byte[] image = stream == null ? set.image(indices[i]) : stream.image(indices[i]);
            frame(image, frames[i], batch, i * bytesOfOne);
        });
        return batch;
    }

    /** Copies an image, cropped and flipped, to its place in a batch. */
    private void frame(byte[] image, Frame frame, byte[] batch, int to) {
        int height = set.height();
        int width = set.width();
        int step = channelsLast ? set.channels() : 1;
        int left = Math.max(0, Frame.BORDER - frame.right());
        int right = Math.min(width, width + Frame.BORDER - frame.right());
        for (int channel = 0; channel < set.channels(); channel++) {
            int plane = to + (channelsLast ? channel : channel * height * width);
            for (int row = 0; row < height; row++) {
                int y = row + frame.down() - Frame.BORDER;
                if (y < 0 || y >= height) {
                    continue;
                }
                int from = (channel * height + y) * width + frame.right() - Frame.BORDER;
                int line = plane + row * width * step;
                if (frame.mirrored()) {
                    for (int column = left; column < right; column++) {
                        batch[line + (width - 1 - column) * step] = image[from + column];
                    }
                } else {
                    for (int column = left; column < right; column++) {
                        batch[line + column * step] = image[from + column];
                    }
                }
            }
        }
    }
}
