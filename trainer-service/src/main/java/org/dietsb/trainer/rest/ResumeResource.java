package org.dietsb.trainer.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.kit.door.Refused;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.run.Checkpoints;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Resumes runs that failed or were cancelled. */
@Path("/runs/{id}/resume")
@Tag(name = "runs")
@Produces(MediaType.APPLICATION_JSON)
public class ResumeResource {
    private final RunRegistry registry;
    private final RunEvents events;
    private final RunQueue queue;
    private final Checkpoints checkpoints;

    ResumeResource(RunRegistry registry, RunEvents events, RunQueue queue, Checkpoints checkpoints) {
        this.registry = registry;
        this.events = events;
        this.queue = queue;
        this.checkpoints = checkpoints;
    }

    @POST
    @Operation(
            operationId = "resumeRun",
            summary = "Resume a failed or cancelled run from its newest checkpoint",
            description = "It is queued again and keeps its id; a run and its proxy are resumed together.")
    @APIResponseSchema(value = RunView.class, responseCode = "202", responseDescription = "the run is queued")
    @APIResponse(
            responseCode = "503",
            description =
                    "this trainer is starting, as many runs as allowed are queued or running, or the order could not be stored")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "409", description = "the run cannot be resumed, for the reason in detail")
    public Response resume(@PathParam("id") String id) throws InterruptedException {
        queue.requireStarted();
        String whole = Objects.requireNonNullElse(known(id).order().proxyOf(), id);
        Run run = known(whole);
        TrainingOrder.ScoringMember member = run.order().member();
        if (member != null) {
            throw refused("run " + whole + " is a member of scoring " + member.scoringId()
                    + ", which does not wait for it: start the scoring again");
        }
        if (run.order().foreign()) {
            throw refused("run " + whole
                    + " is trained by a loop of its own: resume it where its loop is, with the state that it saved");
        }
        if (!run.isResumable()) {
            throw refused("run " + whole + " is " + run.state() + ", allowed are FAILED and CANCELLED");
        }
        if (checkpoints.newestPlace(whole) == null) {
            throw refused("run " + whole + " has no checkpoint on this trainer: order it again");
        }
        queue.requireRoom();
        List<Run> parts = Stream.of(whole, run.order().partner())
                .filter(Objects::nonNull)
                .filter(part -> registry.find(part).filter(Run::isResumable).isPresent())
                // With its lists, which are published again with it.
                .map(queue::whole)
                .toList();
        queue.add(parts, part -> {
            if (!events.publishAgain(part)) {
                throw refused("run " + part.id() + " has just been changed by another request");
            }
        });
        return Response.accepted(RunView.of(known(id), false, registry, null)).build();
    }

    private Run known(String id) {
        return registry.find(id).orElseThrow(() -> RunQueue.unknown(id));
    }

    private static HttpProblem refused(String why) {
        return Refused.as(Response.Status.CONFLICT, "Not resumable", why);
    }
}
