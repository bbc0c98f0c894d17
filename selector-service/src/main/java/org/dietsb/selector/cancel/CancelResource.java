package org.dietsb.selector.cancel;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import org.dietsb.selector.door.Problems;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** REST resource that cancels a run whether or not a trainer is up. */
@Path("/runs/{id}")
@Tag(name = "runs")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class CancelResource {
    private static final int UNAVAILABLE = Response.Status.SERVICE_UNAVAILABLE.getStatusCode();

    private final Runs runs;
    private final Cancellations cancellations;

    CancelResource(Runs runs, Cancellations cancellations) {
        this.runs = runs;
        this.cancellations = cancellations;
    }

    /**
     * A run that is over or is to be cancelled.
     *
     * @param state of the run when the request was made
     * @param requested the runs that are to be cancelled: this one, and with it its proxy or the run whose proxy it is; none if it is over
     */
    public record CancelView(String id, RunSheet.State state, List<String> requested) {}

    @DELETE
    @Operation(
            operationId = "requestCancel",
            summary = "Request to cancel a run, even while no trainer is up",
            description =
                    "The request is stored. The trainer that holds the run stops it at its next batch. A run that no"
                            + " trainer holds is cancelled, untrained, by the next trainer that is up. A run and its"
                            + " proxy are cancelled together.")
    @APIResponseSchema(
            value = CancelView.class,
            responseCode = "202",
            responseDescription = "the request is stored, or the run is over")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "503", description = "the request could not be stored")
    public Response cancel(@PathParam("id") String id) throws InterruptedException {
        RunSheet run =
                runs.find(id).orElseThrow(() -> Problems.notFound("No such run", "id is " + id + ", which no run has"));
        try {
            return Response.accepted(
                            new CancelView(id, run.state(), cancellations.request(run, "REST of the selector")))
                    .build();
        } catch (IOException unwritten) {
            throw Problems.of(UNAVAILABLE, "Not stored", String.valueOf(unwritten.getMessage()));
        }
    }
}
