package org.dietsb.trainer.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.dietsb.kit.door.EventStream;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.news.LostRuns;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** A run as server-sent events. */
@Path("/runs/{id}/events")
@Tag(name = "runs")
public class FollowResource {
    /** Number of epochs from which on a run is not shown at each of its changes. */
    private static final int ALWAYS_SHOWN = 256;

    private final RunRegistry registry;
    private final LostRuns lost;
    private final RunQueue queue;
    private final TrainerConfig config;
    private final ObjectMapper json;

    FollowResource(RunRegistry registry, LostRuns lost, RunQueue queue, TrainerConfig config, ObjectMapper json) {
        this.registry = registry;
        this.lost = lost;
        this.queue = queue;
        this.config = config;
        this.json = json;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "followRun",
            summary = "The run, again at each change, until it is over",
            description =
                    "Server-sent events named run, whose data are the run as JSON and whose id is a checksum of it. A"
                            + " comment comes at once and every 15 s (dietsb.trainer.heartbeat).")
    @APIResponse(
            responseCode = "200",
            description = "the events",
            content =
                    @Content(
                            mediaType = MediaType.SERVER_SENT_EVENTS,
                            schema = @Schema(implementation = RunView.class)))
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public Multi<OutboundSseEvent> follow(
            @PathParam("id") String id,
            @Parameter(description = "id of the event that was seen last; it is not sent again")
                    @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER)
                    @Nullable
                    String seen,
            @Context Sse sse) {
        Run known = registry.find(id).orElseThrow(() -> RunQueue.unknown(id));
        return new EventStream(sse, config.heartbeat())
                .of("run", known.state().isOver() ? whole(id) : changes(id), seen);
    }

    private Multi<String> whole(String id) {
        return Multi.createFrom()
                .item(() -> written(queue.whole(id)))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private Multi<String> changes(String id) {
        return Multi.createFrom().deferred(() -> {
            AtomicLong next = new AtomicLong(System.nanoTime());
            return registry.follow(id).filter(run -> isDue(run, next)).map(this::written);
        });
    }

    private String written(Run run) {
        try {
            return json.writeValueAsString(RunView.of(run, true, registry, lost.since(run)));
        } catch (JsonProcessingException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A long run is shown less often: a millisecond for each of its epochs between its views, which have all of them. */
    private static boolean isDue(Run run, AtomicLong next) {
        long now = System.nanoTime();
        boolean due = run.state().isOver() || now - next.get() >= 0;
        if (due) {
            next.set(now + run.epochs().size() / ALWAYS_SHOWN * ALWAYS_SHOWN * 1_000_000L);
        }
        return due;
    }
}
