package org.dietsb.selector.swap;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.door.Asked;
import org.dietsb.selector.door.Problems;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** REST resource for policies outside of runs: the catalogue, the default policy, dry runs. */
@Path("/policies")
@Tag(name = "policies")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class PoliciesResource {
    private final PolicyHistory history;
    private final Swaps swaps;

    PoliciesResource(PolicyHistory history, Swaps swaps) {
        this.history = history;
        this.swaps = swaps;
    }

    @GET
    @Operation(
            operationId = "listPolicyKinds",
            summary = "Every kind of policy, with its parameters, their ranges and defaults, and its cost")
    public List<PolicyCatalogue.Entry> catalogue() {
        return PolicyCatalogue.ENTRIES;
    }

    @GET
    @Path("default")
    @Operation(operationId = "getDefaultPolicy", summary = "The policy of new runs whose order names none")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    public Response defaultPolicy() throws InterruptedException {
        return PolicyView.response(history.ofDefault());
    }

    @PUT
    @Path("default")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "setDefaultPolicy", summary = "Change the policy of new runs whose order names none")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyJson.class)))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PolicyView.class)))
    @APIResponse(responseCode = "400", description = "malformed policy")
    @APIResponse(responseCode = "412", description = "changed in the meantime")
    @APIResponse(responseCode = "422", description = "beyond the guard rails")
    public Response setDefault(
            @Nullable String policy,
            @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("who") @DefaultValue("REST") String who)
            throws InterruptedException {
        return PolicyView.response("new runs", swaps.setDefault(policy(policy), Asked.revision(ifMatch), who));
    }

    @POST
    @Path("dry-run")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "tryPolicyOnLosses", summary = "Try a policy on these losses; changes nothing")
    @RequestBody(content = @Content(schema = @Schema(implementation = DryRun.class)))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = DryRun.Result.class)))
    @APIResponse(responseCode = "400", description = "malformed policy or losses")
    public DryRun.Result dryRun(@Nullable String request) {
        return Problems.orBadRequest("Not a dry run", () -> StrictJson.read(request, DryRun.class, "a dry run")
                .run());
    }

    /** Reads the body of a request. */
    static Policy policy(@Nullable String body) {
        return Problems.orBadRequest("Not a policy", () -> PolicyJson.read(body));
    }
}
