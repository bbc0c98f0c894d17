package org.dietsb.scorer.scoring;

import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.Violations;
import org.jspecify.annotations.Nullable;

/** The body of POST /scorings, unchecked; a missing key has its default, a missing body is an error. */
record ScoringRequest(
        @Nullable String id,
        @Nullable String dataset,
        @Nullable String dataDir,
        @Nullable Integer limit,
        @Nullable Integer imageSize,
        @Nullable String onBadPicture,
        @Nullable String model,
        @Nullable String modelFile,
        @Nullable String modelChecksum,
        @Nullable Integer members,
        @Nullable Integer scoringEpochs,
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Integer window,
        @Nullable Double learningRate,
        @Nullable String schedule,
        @Nullable Double warmupEpochs,
        @Nullable Double momentum,
        @Nullable Double weightDecay,
        @Nullable String augment,
        @Nullable Long seed) {

    /**
     * Reads a body.
     *
     * @param wrong takes each wrong field
     * @throws IllegalArgumentException naming what is wrong with it as a whole
     */
    static ScoringRequest parse(@Nullable String json, Violations wrong) {
        return StrictJson.read(json, ScoringRequest.class, "a scoring", wrong);
    }
}
