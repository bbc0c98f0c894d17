package org.dietsb.selector.report;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.swap.Problems;
import org.dietsb.selector.swap.Runs;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** A policy tried on a run's last batches over REST; it changes nothing. */
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

    /** What is to be tried. */
    public record Request(@Nullable PolicyJson policy) {}

    @POST
    @Path("dry-run")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "What a policy would have kept of the run's last batches, beside what was kept; changes nothing",
            description =
                    "Shares are of the examples of these batches, passes the cost of training on them, 1 being everything."
                            + " A schedule is not looked at.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Request.class)))
    @APIResponse(responseCode = "400", description = "no policy")
    @APIResponse(responseCode = "404", description = "no such run, or nothing is told of it")
    @APIResponse(
            responseCode = "409",
            description = "these batches do not have what the policy needs; the reason says what")
    public Trial.Judged dryRun(@PathParam("id") String id, @Nullable String request) throws InterruptedException {
        Policy policy = policy(request);
        if (runs.find(id).isEmpty()) {
            throw Problems.of(Response.Status.NOT_FOUND, "No such run", "there is no run " + id);
        }
        RunReport report = reports.find(id)
                .orElseThrow(() -> Problems.of(
                        Response.Status.NOT_FOUND,
                        "Nothing told",
                        "nothing is told of run " + id
                                + ": none of its batches was judged yet, or it is too long ago"));
        Trial trial = trials.of(report, policy);
        if (trial instanceof Trial.Impossible impossible) {
            throw Problems.of(Response.Status.CONFLICT, "Cannot be tried", impossible.reason());
        }
        return (Trial.Judged) trial;
    }

    private static Policy policy(@Nullable String request) {
        try {
            PolicyJson policy = StrictJson.read(request, Request.class, "{\"policy\": {..}}")
                    .policy();
            if (policy == null) {
                throw new IllegalArgumentException("policy is missing");
            }
            return policy.toPolicy();
        } catch (IllegalArgumentException invalid) {
            throw Problems.of(Response.Status.BAD_REQUEST, "Not a dry run", String.valueOf(invalid.getMessage()));
        }
    }
}
