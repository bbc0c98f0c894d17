package org.dietsb.scorer.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scoring as GET /scorings/{id} shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Scoring(
        String id,
        String scoreSet,
        State state,
        @Nullable String reason,
        int members,
        int membersDone,
        int scoringEpochs,
        String dataset,
        String model,
        List<MemberRun> memberRuns,
        double seconds,
        long examples) {

    enum State {
        RUNNING,
        COMPLETED,
        FAILED
    }

    /** How far a member's run is. */
    record MemberRun(String runId, int member, long seed, String state, int epochsDone, int batch, int batches) {}
}
