package org.dietsb.scorer.scoring;

import java.time.Instant;
import java.util.List;

/** A finished score set. */
record ScoreSet(Manifest manifest, float[] scores, int[] labels) {

    /** What a score set is, without its scores. */
    record Manifest(
            String id,
            String dataset,
            String fingerprint,
            String model,
            int members,
            int scoringEpochs,
            List<Long> memberSeeds,
            int count,
            String checksum,
            double mean,
            double seconds,
            long examplesTrained,
            Instant at) {}
}
