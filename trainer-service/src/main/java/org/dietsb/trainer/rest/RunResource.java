package org.dietsb.trainer.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.contracts.RefusedException;
import org.dietsb.kit.door.Refused;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.news.LostRuns;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.policy.PolicyFeed;
import org.dietsb.trainer.run.DataFolders;
import org.dietsb.trainer.run.ModelFiles;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Runs over REST. */
@Path("/runs")
@Tag(name = "runs")
@Produces(MediaType.APPLICATION_JSON)
public class RunResource {
    /** A trainer that holds a run answers a request to cancel it at once, even if it cannot obey at once. */
    private static final Duration HOLDER_ANSWERS = Duration.ofSeconds(5);

    private final RunRegistry registry;
    private final LostRuns lost;
    private final RunEvents events;
    private final RunQueue queue;
    private final PolicyFeed policies;
    private final ModelFiles models;
    private final OrderFiles files;

    public RunResource(
            RunRegistry registry,
            LostRuns lost,
            RunEvents events,
            RunQueue queue,
            PolicyFeed policies,
            ModelFiles models,
            TrainerConfig config) {
        this.registry = registry;
        this.lost = lost;
        this.events = events;
        this.queue = queue;
        this.policies = policies;
        this.models = models;
        this.files = OrderFiles.beneath(new DataFolders(config));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "orderRun",
            summary = "Order a run",
            description =
                    "It waits in topic training-orders for an idle trainer. With waitForScores it waits for the scores of its policy"
                            + " before that.")
    @APIResponseSchema(
            value = RunView.class,
            responseCode = "201",
            responseDescription = "the run is queued; header Location has its path")
    @APIResponse(responseCode = "409", description = "another run has this id")
    @APIResponse(
            responseCode = "503",
            description =
                    "this trainer is starting, as many runs as allowed are queued or running, or the order could not be stored")
    @RequestBody(content = @Content(schema = @Schema(implementation = RunRequest.class)))
    public Response order(@Nullable String body) throws InterruptedException {
        queue.requireStarted();
        RunRequest.Asked asked = parsed(body);
        queue.requireRoom();
        TrainingOrder order = asked.order();
        TrainingOrder proxy = order.proxy();
        List<Run> parts = Stream.of(order, proxy)
                .filter(Objects::nonNull)
                .map(part -> Run.queued(part, System.currentTimeMillis()))
                .map(run -> asked.awaitsScores() ? run.awaitingScores() : run)
                .toList();
        if (proxy != null && registry.find(proxy.runId()).isPresent()) {
            throw exists(proxy.runId() + ", that of its proxy");
        }
        queue.add(parts, part -> {
            if (!events.publishNew(part)) {
                throw exists(part.id());
            }
        });
        return Response.created(URI.create("/runs/" + order.runId()))
                .entity(view(parts.get(0), true))
                .build();
    }

    private static HttpProblem exists(String id) {
        return Refused.as(Response.Status.CONFLICT, "Run exists", "id is " + id + ", which another run has");
    }

    private RunView view(Run run, boolean withLists) {
        return RunView.of(run, withLists, registry, lost.since(run));
    }

    private RunRequest.Asked parsed(@Nullable String body) {
        try {
            return RunRequest.read(body, policies.forNewRuns(), files);
        } catch (IllegalArgumentException invalid) {
            throw Refused.body("Not an order", String.valueOf(invalid.getMessage()), RefusedException.byField(invalid));
        }
    }

    @GET
    @Operation(
            operationId = "listRuns",
            summary = "Runs, newest first, without their epochs, placed policies and classes",
            description = "A page of them: header Link, with rel=next, names the next page if there is one.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = RunView.class)))
    public Response all(
            @Parameter(description = "only runs in these states, separated by commas, such as QUEUED,RUNNING")
                    @QueryParam("state")
                    @Nullable
                    String state,
            @Parameter(description = "only runs that were queued at this time or later, such as 2026-01-31T12:00:00Z")
                    @QueryParam("since")
                    @Nullable
                    String since,
            @Parameter(description = "only runs that have all of these tags, separated by commas")
                    @QueryParam("tag")
                    @Nullable
                    String tag,
            @Parameter(
                            description = "false: without the members of scorings; true if it is not given",
                            schema = @Schema(type = SchemaType.BOOLEAN))
                    @QueryParam("members")
                    @Nullable
                    String members,
            @Parameter(
                            description = "runs of a page, in [1, 1000]; 100 if it is not given",
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("limit")
                    @Nullable
                    String limit,
            @Parameter(description = "the page that header Link of the page before names") @QueryParam("page") @Nullable
                    String page) {
        RunQuery query;
        try {
            query = RunQuery.of(state, since, tag, members, limit, page);
        } catch (IllegalArgumentException invalid) {
            throw Refused.as(Response.Status.BAD_REQUEST, "Not a query", String.valueOf(invalid.getMessage()));
        }
        List<Run> found = query.of(registry);
        Response.ResponseBuilder answer = Response.ok(
                found.stream().limit(query.limit()).map(run -> view(run, false)).toList());
        query.next(found).ifPresent(next -> answer.link(query.page(next), "next"));
        return answer.build();
    }

    @GET
    @Path("/{id}")
    @Operation(operationId = "getRun", summary = "A run with its epochs")
    @APIResponseSchema(value = RunView.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public RunView one(@PathParam("id") String id) {
        return view(queue.whole(id), true);
    }

    @DELETE
    @Path("/{id}")
    @Operation(
            operationId = "cancelRun",
            summary = "Cancel a run",
            description =
                    "The trainer that holds the run stops it at its next batch; a run that no trainer holds ends after a few"
                            + " seconds. A run and its proxy are cancelled together. Its checkpoints are kept for a while: see resume.")
    @APIResponseSchema(
            value = RunView.class,
            responseCode = "202",
            responseDescription = "it is cancelled, or about to be")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public Response cancel(@PathParam("id") String id) throws InterruptedException {
        Run run = known(id);
        try {
            // A run before its proxy: a run fails if its proxy ends first.
            String whole = run.order().proxyOf() == null ? id : run.order().proxyOf();
            for (String part : Stream.of(whole, run.order().partner(), id)
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList()) {
                Run found = registry.find(part).orElse(null);
                if (found != null && !found.state().isOver()) {
                    cancel(found);
                }
            }
        } catch (IOException unwritten) {
            throw RunQueue.notStored(unwritten);
        }
        return Response.accepted(view(known(id), false)).build();
    }

    /** Requests to cancel a run; ends it if no trainer says that it holds it. */
    private void cancel(Run run) throws IOException, InterruptedException {
        long heard = registry.signs(run.id());
        events.cancel(run, "REST");
        if (run.state() == Run.State.RUNNING && !registry.awaitSign(run.id(), heard, HOLDER_ANSWERS)) {
            events.end(registry.find(run.id()).orElse(run), Run.State.CANCELLED, "cancelled; no trainer held it");
        }
    }

    @GET
    @Path("/{id}/model")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    @Operation(operationId = "getWeights", summary = "The trained weights, as safetensors")
    @APIResponse(
            responseCode = "200",
            description = "the file",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_OCTET_STREAM,
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "no such run, or it has no model on this trainer")
    public Response weights(@PathParam("id") String id) {
        return file(known(id), models.weights(id));
    }

    @GET
    @Path("/{id}/model.json")
    @Operation(operationId = "getModel", summary = "Architecture, classes and normalisation of the trained model")
    @APIResponse(
            responseCode = "200",
            description = "the description",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(responseCode = "404", description = "no such run, or it has no model on this trainer")
    public Response description(@PathParam("id") String id) {
        return file(known(id), models.description(id));
    }

    private static Response file(Run run, java.nio.file.Path file) {
        if (!Files.isRegularFile(file)) {
            throw Refused.as(
                    Response.Status.NOT_FOUND,
                    "No model",
                    "run " + run.order().runId() + " is " + run.state() + " and has no model on this trainer");
        }
        return Response.ok(file.toFile()).build();
    }

    private Run known(String id) {
        return registry.find(id).orElseThrow(() -> RunQueue.unknown(id));
    }
}
