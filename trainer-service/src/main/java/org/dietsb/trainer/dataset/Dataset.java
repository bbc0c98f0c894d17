package org.dietsb.trainer.dataset;

import java.util.List;

/**
 * A training and a test set.
 *
 * @param mean mean of each channel over the training set, pixels scaled to [0, 1]
 * @param std standard deviation of each channel, likewise
 */
public record Dataset(
        DatasetIdentity identity, List<String> classNames, ImageSet train, ImageSet test, float[] mean, float[] std) {

    public Dataset {
        classNames = List.copyOf(classNames);
    }

    /** Limits the training set, and computes identity and normalisation. */
    static Dataset of(String name, List<String> classNames, ImageSet all, ImageSet test, int limit) {
        ImageSet train = all.first(limit);
        float[] mean = new float[train.channels()];
        float[] std = new float[train.channels()];
        int plane = train.height() * train.width();
        double[] sums = new double[train.channels()];
        double[] squares = new double[train.channels()];
        byte[] image = new byte[train.bytesOfOne()];
        for (int i = 0; i < train.count(); i++) {
            train.pixels().copy(i, image);
            for (int channel = 0; channel < train.channels(); channel++) {
                long sum = 0;
                long square = 0;
                for (int p = channel * plane; p < (channel + 1) * plane; p++) {
                    int value = image[p] & 0xFF;
                    sum += value;
                    square += (long) value * value;
                }
                // Exact, since the sums are whole numbers below 2^53.
                sums[channel] += sum;
                squares[channel] += square;
            }
        }
        double n = (double) train.count() * plane;
        for (int channel = 0; channel < train.channels(); channel++) {
            double average = sums[channel] / n;
            mean[channel] = (float) (average / 255);
            std[channel] =
                    (float) Math.max(1e-3, Math.sqrt(Math.max(0, squares[channel] / n - average * average)) / 255);
        }
        return new Dataset(DatasetIdentity.of(name, classNames.size(), train), classNames, train, test, mean, std);
    }

    /** Notes in the identity how many files are left out. */
    Dataset without(int skipped) {
        DatasetIdentity noted = new DatasetIdentity(
                identity.name(), identity.count(), identity.classes(), identity.checksum(), skipped);
        return new Dataset(noted, classNames, train, test, mean, std);
    }
}
