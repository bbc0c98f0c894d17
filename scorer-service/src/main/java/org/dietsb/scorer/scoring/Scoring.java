package org.dietsb.scorer.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scoring as GET /scorings/{id} shows it.
 *
 * @param reason why it failed or was cancelled
 * @param seconds that the completed members took together
 * @param examples example-passes that they trained together
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Scoring(
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

    public Scoring {
        memberRuns = List.copyOf(memberRuns);
    }

    /** The state of a scoring. */
    public enum State {
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED;

        /** Returns whether it ended without scores, so that an equal request begins it again. */
        boolean isLost() {
            return this == FAILED || this == CANCELLED;
        }
    }

    /** The progress of a member: completed epochs, and batches of the running one. */
    public record MemberRun(
            String runId, int member, long seed, String state, int epochsDone, int batch, int batches) {}
}
