package org.dietsb.selector.page;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.dietsb.selector.cancel.Cancellations;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;

/** What a run's page passes on to a trainer: requests to cancel and to resume the run, and its files. */
@Path("/control/runs/{id}")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class RunActions {
    private static final int BAD_GATEWAY = 502;

    private final RunPage page;
    private final Runs runs;
    private final Trainer trainer;
    private final Cancellations cancellations;
    private final Viewer viewer;

    RunActions(RunPage page, Runs runs, Trainer trainer, Cancellations cancellations, Viewer viewer) {
        this.page = page;
        this.runs = runs;
        this.trainer = trainer;
        this.cancellations = cancellations;
        this.viewer = viewer;
    }

    /** Cancels the run: through a trainer, which ends a run that nobody holds at once; without one, when one is up. */
    @POST
    @Path("cancel")
    public Response cancel(@PathParam("id") String id) throws InterruptedException {
        try {
            Trainer.Answer answer = trainer.cancel(id);
            return answer.status() == Response.Status.ACCEPTED.getStatusCode()
                    ? back(id)
                    : page.rejected(
                            id,
                            answer.status(),
                            answer.problem("The trainer rejected the request with status " + answer.status() + "."));
        } catch (IOException away) {
            return cancelLater(id);
        }
    }

    /** Stores a request that the next trainer obeys. */
    private Response cancelLater(String id) throws InterruptedException {
        Optional<RunSheet> run = runs.find(id);
        if (run.isEmpty()) {
            return missing(id);
        }
        try {
            cancellations.request(run.get(), "control room");
            return back(id);
        } catch (IOException unwritten) {
            return page.rejected(
                    id,
                    BAD_GATEWAY,
                    "No trainer is reachable, and " + unwritten.getMessage()
                            + ": the run was not cancelled. Try again in a moment.");
        }
    }

    /** Resumes the run from its newest checkpoint. */
    @POST
    @Path("resume")
    public Response resume(@PathParam("id") String id) throws InterruptedException {
        try {
            Trainer.Answer answer = trainer.resume(id);
            return answer.status() == Response.Status.ACCEPTED.getStatusCode()
                    ? back(id)
                    : page.refused(
                            id,
                            answer.status(),
                            "The run was not resumed: "
                                    + answer.problem("the trainer answered with status " + answer.status()) + ".");
        } catch (IOException away) {
            return page.refused(
                    id, BAD_GATEWAY, "No trainer is reachable: the run was not resumed. Try again in a moment.");
        }
    }

    /** Returns the figures of the run's completed epochs. */
    @GET
    @Path("epochs.csv")
    @Produces("text/csv")
    public Response epochs(@PathParam("id") String id) throws InterruptedException {
        Optional<RunSheet> run = runs.whole(id);
        return run.isEmpty()
                ? missing(id)
                : download(Response.ok(EpochsCsv.of(run.get()), "text/csv; charset=UTF-8"), id + "-epochs.csv");
    }

    /** Returns the trained weights. */
    @GET
    @Path("model.safetensors")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Response weights(@PathParam("id") String id) throws InterruptedException {
        return file(id, "/model", MediaType.APPLICATION_OCTET_STREAM, id + ".safetensors");
    }

    /** Returns the description of the trained model. */
    @GET
    @Path("model.json")
    @Produces(MediaType.APPLICATION_JSON)
    public Response description(@PathParam("id") String id) throws InterruptedException {
        return file(id, "/model.json", MediaType.APPLICATION_JSON, id + ".json");
    }

    /** Returns the run as the trainer's interface describes it. */
    @GET
    @Path("run.json")
    @Produces(MediaType.APPLICATION_JSON)
    public Response resource(@PathParam("id") String id) throws InterruptedException {
        return file(id, "", MediaType.APPLICATION_JSON, "");
    }

    /**
     * Passes a file of the trainer on, without holding it.
     *
     * @param name under which the browser saves the file; empty to show it
     */
    private Response file(String id, String path, String type, String name) throws InterruptedException {
        try {
            Trainer.Streamed answer = trainer.stream("/runs/" + Trainer.encoded(id) + path);
            if (answer instanceof Trainer.Streamed.Content content) {
                Response.ResponseBuilder response = Response.ok(content.body(), type);
                return name.isEmpty() ? response.build() : download(response, name);
            }
            Trainer.Answer refusal = ((Trainer.Streamed.Refused) answer).answer();
            return asPage(page.refused(
                    id,
                    refusal.status(),
                    "There is no such file: " + refusal.problem("the trainer answered with status " + refusal.status())
                            + "."));
        } catch (IOException away) {
            return asPage(page.refused(
                    id, BAD_GATEWAY, "No trainer is reachable, which has the file. Try again in a moment."));
        }
    }

    private static Response download(Response.ResponseBuilder response, String name) {
        return response.header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + "\"")
                .build();
    }

    private static Response back(String id) {
        return Response.seeOther(URI.create("/control/runs/" + Trainer.encoded(id)))
                .build();
    }

    private Response missing(String id) {
        return asPage(Response.status(404)
                .entity(Pages.missing("run " + id, viewer.badge()))
                .build());
    }

    /** Returns a page in place of a file. */
    private static Response asPage(Response page) {
        return Response.fromResponse(page).type(MediaType.TEXT_HTML_TYPE).build();
    }
}
