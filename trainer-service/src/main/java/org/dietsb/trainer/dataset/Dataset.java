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
        return of(name, classNames, train, test, PixelFacts.of(name, classNames.size(), train));
    }

    static Dataset of(String name, List<String> classNames, ImageSet train, ImageSet test, PixelFacts.Facts facts) {
        DatasetIdentity identity = new DatasetIdentity(name, train.count(), classNames.size(), facts.checksum());
        return new Dataset(identity, classNames, train, test, facts.mean(), facts.std());
    }

    /** Notes in the identity how many files are left out. */
    Dataset without(int skipped) {
        DatasetIdentity noted = new DatasetIdentity(
                identity.name(), identity.count(), identity.classes(), identity.checksum(), skipped);
        return new Dataset(noted, classNames, train, test, mean, std);
    }
}
