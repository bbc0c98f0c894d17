package org.dietsb.trainer.dataset;

import java.util.List;

/**
 * A training and a test set.
 *
 * @param mean of each channel over the whole training set, pixels scaled to [0, 1]
 * @param std of each channel, likewise
 */
public record Dataset(
        DatasetIdentity identity, List<String> classNames, ImageSet train, ImageSet test, float[] mean, float[] std) {

    public Dataset {
        classNames = List.copyOf(classNames);
    }

    /** Cuts the training set to its limit, takes identity and normalisation. */
    static Dataset of(String name, List<String> classNames, ImageSet all, ImageSet test, int limit) {
        ImageSet train = all.first(limit);
        float[] mean = new float[train.channels()];
        float[] std = new float[train.channels()];
        int plane = train.height() * train.width();
        for (int channel = 0; channel < train.channels(); channel++) {
            long sum = 0;
            long squares = 0;
            for (int i = 0; i < train.count(); i++) {
                int start = (i * train.channels() + channel) * plane;
                for (int p = start; p < start + plane; p++) {
                    int value = train.pixels()[p] & 0xFF;
                    sum += value;
                    squares += (long) value * value;
                }
            }
            double n = (double) train.count() * plane;
            double average = sum / n;
            mean[channel] = (float) (average / 255);
            std[channel] = (float) Math.max(1e-3, Math.sqrt(Math.max(0, squares / n - average * average)) / 255);
        }
        return new Dataset(DatasetIdentity.of(name, classNames.size(), train), classNames, train, test, mean, std);
    }
}
