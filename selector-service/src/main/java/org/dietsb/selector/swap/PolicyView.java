package org.dietsb.selector.swap;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.door.Problems;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A policy that a run was given, as JSON. */
@Schema(name = "PolicyRevision")
@JsonInclude(JsonInclude.Include.NON_NULL)
record PolicyView(
        long revision,
        PolicyJson policy,
        @Nullable String who,
        @Nullable Instant at,
        @Nullable MomentJson from,
        @Nullable MomentJson until,
        @Nullable Long rollsBackTo,
        List<PolicyRevision.Effect> effects) {

    /** A moment as JSON: one of the two. */
    @Schema(name = "Moment")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MomentJson(@Nullable Integer epoch, @Nullable Double progress) {

        static @Nullable MomentJson of(@Nullable Moment moment) {
            if (moment instanceof Moment.EpochBegins begins) {
                return new MomentJson(begins.epoch(), null);
            }
            return moment instanceof Moment.Progress progress ? new MomentJson(null, progress.share()) : null;
        }
    }

    static PolicyView of(PolicyRevision revision) {
        return new PolicyView(
                revision.revision(),
                PolicyJson.of(revision.policy()),
                revision.who(),
                revision.at(),
                MomentJson.of(revision.schedule().from()),
                MomentJson.of(revision.schedule().until()),
                revision.rollsBackTo(),
                revision.effects());
    }

    /** Returns a response with the revision as ETag. */
    static Response response(PolicyRevision revision) {
        return Response.ok(of(revision))
                .tag(String.valueOf(revision.revision()))
                .build();
    }

    /**
     * Returns the response to a successful swap.
     *
     * @throws HttpProblem if the swap failed, with the reason
     */
    static Response response(String id, SwapOutcome outcome) {
        if (outcome instanceof SwapOutcome.Swapped swapped) {
            return response(swapped.now());
        }
        if (outcome instanceof SwapOutcome.SwappedBefore before) {
            PolicyRevision now = before.now();
            throw Problems.of(
                    Response.Status.PRECONDITION_FAILED.getStatusCode(),
                    "Swapped before",
                    "policy of " + id + " has revision " + now.revision()
                            + (now.who() == null ? "" : ", by " + now.who()) + ": read it again");
        }
        throw problem((SwapOutcome.Refused) outcome);
    }

    static HttpProblem problem(SwapOutcome.Refused refused) {
        return Problems.of(refused.reason().status(), refused.reason().title(), refused.detail());
    }
}
