package org.dietsb.trainer.dataset;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Decodes the central square of a picture to a small RGB image; ignores transparency. */
final class Picture {
    /** More than cameras produce, and small enough for the memory. */
    private static final long MOST_PIXELS = 100_000_000;

    private static final int CHANNELS = 3;

    private Picture() {}

    /**
     * Decodes the central square, scaled bilinearly and, if it gets smaller, anti-aliased (a triangle filter as wide as two new
     * pixels).
     *
     * @return uint8 [3, size, size]
     */
    static byte[] decode(Path file, int size) throws DatasetException {
        BufferedImage image = read(file);
        int side = Math.min(image.getWidth(), image.getHeight());
        int[] square = colours(image, (image.getWidth() - side) / 2, (image.getHeight() - side) / 2, side);
        Taps taps = Taps.of(side, size);
        byte[] planes = new byte[CHANNELS * size * size];
        float[] rows = new float[size * side];
        for (int channel = 0; channel < CHANNELS; channel++) {
            int shift = 16 - 8 * channel;
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < size; x++) {
                    float sum = 0;
                    for (int tap = 0; tap < taps.weights[x].length; tap++) {
                        sum += taps.weights[x][tap] * (square[y * side + taps.first[x] + tap] >> shift & 0xFF);
                    }
                    rows[y * size + x] = sum;
                }
            }
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    float sum = 0;
                    for (int tap = 0; tap < taps.weights[y].length; tap++) {
                        sum += taps.weights[y][tap] * rows[(taps.first[y] + tap) * size + x];
                    }
                    planes[(channel * size + y) * size + x] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
                }
            }
        }
        return planes;
    }

    /**
     * The old pixels that each new pixel is computed from, along one side.
     *
     * @param first index of the first old pixel, by new pixel
     * @param weights weights of the old pixels, with a sum of 1
     */
    private record Taps(int[] first, float[][] weights) {

        static Taps of(int from, int to) {
            double step = (double) from / to;
            double reach = Math.max(1, step);
            int[] first = new int[to];
            float[][] weights = new float[to][];
            for (int i = 0; i < to; i++) {
                double middle = (i + .5) * step;
                first[i] = Math.max(0, (int) Math.round(middle - reach));
                int end = Math.min(from, (int) Math.round(middle + reach));
                double[] triangle = new double[end - first[i]];
                double sum = 0;
                for (int tap = 0; tap < triangle.length; tap++) {
                    triangle[tap] = Math.max(0, 1 - Math.abs(first[i] + tap + .5 - middle) / reach);
                    sum += triangle[tap];
                }
                weights[i] = new float[triangle.length];
                for (int tap = 0; tap < triangle.length; tap++) {
                    weights[i][tap] = (float) (triangle[tap] / sum);
                }
            }
            return new Taps(first, weights);
        }
    }

    /** Returns pixels as 0xRRGGBB. Grey values are read as they are: Java would treat them as linear and brighten them. */
    private static int[] colours(BufferedImage image, int left, int top, int side) {
        if (image.getColorModel().getColorSpace().getType() != ColorSpace.TYPE_GRAY) {
            return image.getRGB(left, top, side, side, null, 0, side);
        }
        int bits = image.getColorModel().getComponentSize(0);
        int[] shades = image.getRaster().getSamples(left, top, side, side, 0, (int[]) null);
        for (int i = 0; i < shades.length; i++) {
            shades[i] = shades[i] * 255 / ((1 << bits) - 1) * 0x10101;
        }
        return shades;
    }

    private static BufferedImage read(Path file) throws DatasetException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
            if (readers == null || !readers.hasNext()) {
                throw new DatasetException(file + " is not a picture in a known format");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw new DatasetException(file + " has " + pixels + " pixels, allowed is at most " + MOST_PIXELS);
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException undecodable) {
            throw new DatasetException(file + " cannot be decoded: " + undecodable.getMessage(), undecodable);
        }
    }
}
