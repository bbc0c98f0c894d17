package org.dietsb.trainer.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;

/** Computes the fingerprint, the mean and the standard deviation of a training set in one pass over its images, in order. */
final class PixelFacts {
    private static final int CHUNK = 256;

    private final int count;
    private final int plane;
    private final MessageDigest digest = Sha256.digest();
    private final double[] sums;
    private final double[] squares;
    private int added;

    /**
     * Begins.
     *
     * @param count number of images; those beyond it are ignored
     */
    PixelFacts(String name, int count, int channels, int height, int width) {
        this.count = count;
        this.plane = height * width;
        this.sums = new double[channels];
        this.squares = new double[channels];
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(16)
                .putInt(count)
                .putInt(channels)
                .putInt(height)
                .putInt(width)
                .flip());
    }

    /**
     * What a dataset is recognized and normalised by.
     *
     * @param checksum SHA-256 in hex over name, count, shape, pixels and labels
     * @param mean mean of each channel, pixels scaled to [0, 1]
     * @param std standard deviation of each channel, likewise
     */
    record Facts(String checksum, float[] mean, float[] std) {}

    /** Computes the facts of a set. */
    static Facts of(String name, int classes, ImageSet set) {
        PixelFacts facts = new PixelFacts(name, set.count(), set.channels(), set.height(), set.width());
        int chunk = (int) Math.max(1, Math.min(CHUNK, Heap.most() / 2 / set.bytesOfOne()));
        for (int from = 0; from < set.count(); from += chunk) {
            int first = from;
            byte[][] images = new byte[Math.min(chunk, set.count() - from)][];
            IntStream.range(0, images.length).parallel().forEach(i -> images[i] = set.image(first + i));
            for (byte[] image : images) {
                facts.add(image);
            }
        }
        return facts.finish(classes, set.labels());
    }

    /** Adds the next image. */
    void add(byte[] image) {
        if (added == count) {
            return;
        }
        added++;
        digest.update(image);
        for (int channel = 0; channel < sums.length; channel++) {
            long sum = 0;
            long square = 0;
            for (int p = channel * plane; p < (channel + 1) * plane; p++) {
                int value = image[p] & 0xFF;
                sum += value;
                square += value * value;
            }
            // Exact, since the sums are whole numbers below 2^53.
            sums[channel] += sum;
            squares[channel] += square;
        }
    }

    /** Whether exactly this number of images was announced, and all are added. */
    boolean isOf(int images) {
        return count == images && added == images;
    }

    /** Returns the facts of the images, which have these labels. */
    Facts finish(int classes, int[] labels) {
        // One byte per label if that is sufficient, as in the files of the datasets with bytes as labels.
        int bytesOfLabel = classes <= 256 ? 1 : 4;
        ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(count, bytesOfLabel));
        for (int label : labels) {
            if (bytesOfLabel == 1) {
                all.put((byte) label);
            } else {
                all.putInt(label);
            }
        }
        digest.update(all.flip());
        float[] mean = new float[sums.length];
        float[] std = new float[sums.length];
        double n = (double) count * plane;
        for (int channel = 0; channel < sums.length; channel++) {
            double average = sums[channel] / n;
            mean[channel] = (float) (average / 255);
            std[channel] =
                    (float) Math.max(1e-3, Math.sqrt(Math.max(0, squares[channel] / n - average * average)) / 255);
        }
        return new Facts(Sha256.hex(digest), mean, std);
    }
}
