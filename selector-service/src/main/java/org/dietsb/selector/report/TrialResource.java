package org.dietsb.selector.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.door.Problems;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** REST resource that tries a policy on a run's last batches, without changing anything. */
@Path("/runs/{id}/policy")
@Tag(name = "policies")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class TrialResource {
    private final Runs runs;
    private final Reports reports;
    private final Trials trials;

    TrialResource(Runs runs, Reports reports, Trials trials) {
        this.runs = runs;
        this.reports = reports;
        this.trials = trials;
    }

    /** The policy to try. */
    @Schema(name = "PolicyToTry")
    public record Request(
            @Schema(description = "the policy to try") @Nullable
            PolicyJson policy) {}

    /**
     * The result.
     *
     * @param forecast of the run's epochs; null if there is no finished epoch to make it of
     */
    @Schema(name = "DryRunOfRun")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tried(
            List<Trial.OfBatch> batches,
            Verdict all,
            @Nullable Forecast forecast) {}

    @POST
    @Path("dry-run")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "tryPolicy",
            summary = "Try a policy on the run's last batches and compare with what was kept; changes nothing",
            description =
                    "Shares are of the examples of these batches; passes are the cost of training on them, where 1 is"
                            + " everything. A schedule is ignored. The forecast is of an epoch under the policy, by the seconds"
                            + " that the run's epochs took for each trained example and selection pass.")
    @APIResponseSchema(value = Tried.class, responseCode = "200", responseDescription = "OK")
    @RequestBody(content = @Content(schema = @Schema(implementation = Request.class)))
    @APIResponse(responseCode = "400", description = "no policy")
    @APIResponse(responseCode = "404", description = "no such run, or it is not reported")
    @APIResponse(responseCode = "409", description = "these batches lack what the policy needs; the reason names it")
    public Tried dryRun(@PathParam("id") String id, @Nullable String request) throws InterruptedException {
        Policy policy = Problems.orBadRequest("Not a dry run", () -> policy(request));
        RunSheet run = runs.find(id).orElseThrow(() -> Problems.notFound("No such run", "there is no run " + id));
        RunReport report = reports.find(id)
                .orElseThrow(() -> Problems.notFound(
                        "No report",
                        "there is no report of run " + id
                                + ": none of its batches was judged yet, or it is too long ago"));
        Trial trial = trials.of(report, policy);
        if (trial instanceof Trial.Impossible impossible) {
            throw Problems.conflict("Cannot be tried", impossible.reason());
        }
        Trial.Judged judged = (Trial.Judged) trial;
        return new Tried(
                judged.batches(),
                judged.all(),
                Forecast.of(run, report, policy, judged.all()).orElse(null));
    }

    private static Policy policy(@Nullable String request) {
        PolicyJson policy =
                StrictJson.read(request, Request.class, "{\"policy\": {..}}").policy();
        if (policy == null) {
            throw new IllegalArgumentException("policy is missing");
        }
        return policy.toPolicy();
    }
}
