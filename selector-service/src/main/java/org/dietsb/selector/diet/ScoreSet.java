package org.dietsb.selector.diet;

/**
 * The EL2N scores of a training set.
 *
 * @param fingerprint checksum of the dataset
 * @param scores [N], in [0, sqrt 2]
 * @param labels [N], classes from 0
 */
public record ScoreSet(String id, String fingerprint, float[] scores, int[] labels) {

    public ScoreSet {
        if (scores.length != labels.length) {
            throw new IllegalArgumentException(scores.length + " scores for " + labels.length + " labels");
        }
    }

    /** Whether these are the scores of a training set of this size and checksum. */
    public boolean isOf(int count, String checksum) {
        return scores.length == count && fingerprint.equals(checksum);
    }
}
