package org.dietsb.scorer.scoreset;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A finished score set. Its arrays are shared, not copied, and must not be changed.
 *
 * @param scores [N] by index in the unpruned training set: EL2N, in [0, sqrt 2], or by another method, 0 or more
 * @param labels classes [N]; empty if the scoring told none
 */
public record ScoreSet(Manifest manifest, float[] scores, int[] labels) {

    public ScoreSet {
        if (scores.length != manifest.count() || (labels.length != 0 && labels.length != manifest.count())) {
            throw new IllegalArgumentException("score set " + manifest.id() + " has " + scores.length + " scores and "
                    + labels.length + " labels, allowed is its count, " + manifest.count() + ", or no label");
        }
    }

    /** Returns the class of an example; null if the set has no labels. */
    @Nullable
    Integer label(int index) {
        return labels.length == 0 ? null : labels[index];
    }

    /**
     * The description of a score set, without its scores.
     *
     * @param fingerprint checksum of the dataset's training examples
     * @param method how the scores were computed; el2n, or how the selector calls it
     * @param memberSeeds one per member
     * @param checksum SHA-256 in hex over the scores, 4 bytes each, little-endian
     * @param mean of the scores
     * @param seconds of all members
     * @param examplesTrained example-passes of all members
     */
    public record Manifest(
            String id,
            String dataset,
            String fingerprint,
            int classes,
            String model,
            String method,
            int members,
            int scoringEpochs,
            List<Long> memberSeeds,
            int count,
            String checksum,
            double mean,
            double seconds,
            long examplesTrained,
            Instant at) {
        public Manifest {
            memberSeeds = List.copyOf(memberSeeds);
        }
    }
}
