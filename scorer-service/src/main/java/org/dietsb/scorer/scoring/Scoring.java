package org.dietsb.scorer.scoring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scoring as GET /scorings/{id} shows it.
 *
 * @param reason why it failed
 * @param seconds of the members that are done, added up
 * @param examples example-passes these trained, added up
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

    /** Where a scoring is. */
    public enum State {
        RUNNING,
        COMPLETED,
        FAILED
    }

    /** How far a member's run is: epochs done, and batches of the running one. */
    public record MemberRun(
            String runId, int member, long seed, String state, int epochsDone, int batch, int batches) {}
}
