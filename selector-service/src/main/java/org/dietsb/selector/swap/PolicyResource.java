package org.dietsb.selector.swap;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.door.Asked;
import org.dietsb.selector.door.Problems;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** REST resource for the policy of a run: read it, swap it during the run, roll it back. */
@Path("/runs/{id}/policy")
@Tag(name = "policies")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class PolicyResource {
    private final PolicyHistory history;
    private final Swaps swaps;

    PolicyResource(PolicyHistory history, Swaps swaps) {
        this.history = history;
        this.swaps = swaps;
    }

    @GET
    @Operation(operationId = "getPolicy", summary = "The policy a run was last given; its revision is the ETag")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "404", description = "no such run")
    public Response policy(@PathParam("id") String id) throws InterruptedException {
        List<PolicyRevision> all = all(id);
        return PolicyView.response(all.get(all.size() - 1));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "swapPolicy",
            summary = "Swap the policy of a run",
            description =
                    "The policy judges the next batch that is not announced yet, or the first one of its schedule; a"
                            + " change of diet takes effect with the next epoch. Without a schedule the policy replaces"
                            + " all earlier ones, including scheduled ones. With If-Match it is swapped only if the"
                            + " policy still has that revision.")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyJson.class)))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(
            responseCode = "400",
            description = "malformed policy, or a schedule in the past or beyond the run's end")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(
            responseCode = "409",
            description = "the run is over, a member of a scoring, has or is a proxy, or had too many swaps")
    @APIResponse(responseCode = "412", description = "swapped in the meantime")
    @APIResponse(responseCode = "422", description = "beyond the guard rails")
    public Response swap(
            @PathParam("id") String id,
            @Nullable String policy,
            @Parameter(description = "revision of the policy that is replaced, in quotes, or *")
                    @HeaderParam("If-Match")
                    @Nullable
                    String ifMatch,
            @QueryParam("who") @DefaultValue("REST") String who,
            @Parameter(
                            description = "begins with this epoch; not with afterProgress",
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("fromEpoch")
                    @Nullable
                    String fromEpoch,
            @Parameter(
                            description = "begins after this share of the run, (0, 1)",
                            schema = @Schema(type = SchemaType.NUMBER))
                    @QueryParam("afterProgress")
                    @Nullable
                    String afterProgress,
            @Parameter(
                            description = "ends before this epoch; not with forEpochs",
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("untilEpoch")
                    @Nullable
                    String untilEpoch,
            @Parameter(
                            description = "ends after this number of epochs, the running one included",
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("forEpochs")
                    @Nullable
                    String forEpochs)
            throws InterruptedException {
        Timing timing = new Timing(
                Asked.integer("fromEpoch", fromEpoch),
                Asked.share("afterProgress", afterProgress),
                Asked.integer("untilEpoch", untilEpoch),
                Asked.integer("forEpochs", forEpochs));
        return PolicyView.response(
                id, swaps.swap(id, PoliciesResource.policy(policy), timing, Asked.revision(ifMatch), who));
    }

    @POST
    @Path("rollback")
    @Operation(
            operationId = "rollBackPolicy",
            summary = "Give a run the policy of an earlier revision again",
            description = "A swap like any other, from now on to the end of the run.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "400", description = "no such revision, or its diet is no longer available")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(
            responseCode = "409",
            description = "the run is over, a member of a scoring, has or is a proxy, or had too many swaps")
    @APIResponse(responseCode = "412", description = "swapped in the meantime")
    @APIResponse(responseCode = "422", description = "beyond the guard rails")
    public Response rollBack(
            @PathParam("id") String id,
            @Parameter(
                            description = "the earlier revision; 0 is the policy of the run's order",
                            required = true,
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("to")
                    @Nullable
                    String to,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("who") @DefaultValue("REST") String who)
            throws InterruptedException {
        Integer revision = Asked.integer("to", to);
        if (revision == null) {
            throw Problems.badRequest("No such revision", "to is missing, allowed is a revision");
        }
        return PolicyView.response(id, swaps.rollBack(id, revision, Asked.revision(ifMatch), who));
    }

    @GET
    @Path("history")
    @Operation(
            operationId = "getPolicyHistory",
            summary = "Every policy a run was given, oldest first, with its effects",
            description =
                    "An effect is a stretch of the run that the policy judged: its first batch, the first batch after"
                            + " it, and accuracy, seconds and passes over the training set per epoch, of the stretch and"
                            + " of the one before; unknown values are omitted.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = PolicyView.class)))
    @APIResponse(responseCode = "404", description = "no such run")
    public List<PolicyView> history(@PathParam("id") String id) throws InterruptedException {
        return all(id).stream().map(PolicyView::of).toList();
    }

    private List<PolicyRevision> all(String id) throws InterruptedException {
        return history.of(id)
                .orElseThrow(() -> PolicyView.problem(
                        new SwapOutcome.Refused(SwapOutcome.Reason.NO_SUCH_RUN, "id is " + id + ", which no run has")));
    }
}
