package org.dietsb.scorer.scoring;

import static org.dietsb.contracts.Bounds.require;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.smallrye.common.annotation.Blocking;
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
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.dietsb.contracts.RefusedException;
import org.dietsb.kit.door.Refused;
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

/** Scorings over REST. */
@Path("/scorings")
@Tag(name = "scorings")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ScoringResource {
    private final ScoringLoop loop;
    private final ScoringBook book;

    ScoringResource(ScoringLoop loop, ScoringBook book) {
        this.loop = loop;
        this.book = book;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "orderScoring",
            summary = "Order EL2N scores",
            description =
                    "202 with a new scoring, 200 with the one that an equal request started; a failed or cancelled one"
                            + " begins again.")
    @APIResponse(
            responseCode = "200",
            description = "the scoring that an equal request started",
            content = @Content(schema = @Schema(implementation = Scoring.class)))
    @APIResponse(
            responseCode = "202",
            description = "a new scoring; header Location has its path",
            content = @Content(schema = @Schema(implementation = Scoring.class)))
    @APIResponse(responseCode = "409", description = "another scoring has this id")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    @RequestBody(content = @Content(schema = @Schema(implementation = ScoringRequest.class)))
    public Response request(@Nullable String body) {
        ScoringLoop.Taken taken = loop.request(plan(body));
        if (taken instanceof ScoringLoop.Taken.Started started) {
            return view(Response.Status.ACCEPTED, started.scoring());
        }
        if (taken instanceof ScoringLoop.Taken.Known known) {
            return view(Response.Status.OK, known.scoring());
        }
        if (taken instanceof ScoringLoop.Taken.Conflict conflict) {
            throw Refused.as(Response.Status.CONFLICT, "Another scoring", conflict.reason());
        }
        throw Refused.as(
                Response.Status.SERVICE_UNAVAILABLE, "Not now", ((ScoringLoop.Taken.Unavailable) taken).reason());
    }

    private static ScoringPlan plan(@Nullable String body) {
        try {
            return ScoringPlan.parse(body);
        } catch (IllegalArgumentException invalid) {
            throw Refused.body(
                    "Not a scoring", String.valueOf(invalid.getMessage()), RefusedException.byField(invalid));
        }
    }

    private static Response view(Response.Status status, Scoring scoring) {
        return Response.status(status)
                .location(URI.create("/scorings/" + scoring.id()))
                .entity(scoring)
                .build();
    }

    @GET
    @Operation(
            operationId = "listScorings",
            summary = "Scorings, newest first",
            description = "A page of them: header Link, with rel=next, names the next page if there is one.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Scoring.class)))
    public Response all(
            @Parameter(description = "only scorings in these states, separated by commas, such as RUNNING,FAILED")
                    @QueryParam("state")
                    @Nullable
                    String state,
            @Parameter(
                            description = "scorings of a page, in [1, 1000]; 100 if it is not given",
                            schema = @Schema(type = SchemaType.INTEGER))
                    @QueryParam("limit")
                    @Nullable
                    String limit,
            @Parameter(description = "the page that header Link of the page before names") @QueryParam("page") @Nullable
                    String page) {
        try {
            Set<Scoring.State> states = states(state);
            int most = limit(limit);
            List<Scoring> found = book.newestFirst(page, states, most + 1);
            Response.ResponseBuilder answer =
                    Response.ok(found.stream().limit(most).toList());
            if (found.size() > most) {
                UriBuilder next = UriBuilder.fromPath("/scorings").queryParam("limit", most);
                if (state != null) {
                    next.queryParam("state", state);
                }
                answer.link(next.queryParam("page", found.get(most - 1).id()).build(), "next");
            }
            return answer.build();
        } catch (IllegalArgumentException invalid) {
            throw Refused.as(Response.Status.BAD_REQUEST, "Not a query", String.valueOf(invalid.getMessage()));
        }
    }

    private static Set<Scoring.State> states(@Nullable String names) {
        Set<Scoring.State> states = EnumSet.noneOf(Scoring.State.class);
        for (String name : names == null ? new String[0] : names.split(",", -1)) {
            states.add(Arrays.stream(Scoring.State.values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("state is " + names
                            + ", allowed are, separated by commas, RUNNING, COMPLETED, FAILED, CANCELLED")));
        }
        return names == null ? EnumSet.allOf(Scoring.State.class) : states;
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return 100;
        }
        int limit = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        require(limit >= 1 && limit <= 1_000, "limit", text, "[1, 1000]");
        return limit;
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getScoring", summary = "A scoring with the progress of its members")
    @APIResponseSchema(value = Scoring.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no such scoring")
    public Scoring one(@PathParam("id") String id) {
        return book.find(id).orElseThrow(() -> unknown(id));
    }

    @DELETE
    @Path("{id}")
    @Operation(
            operationId = "cancelScoring",
            summary = "Cancel a scoring",
            description =
                    "Its queued members never begin; the running ones stop at their next batch. A scoring that has"
                            + " ended stays as it is.")
    @APIResponseSchema(
            value = Scoring.class,
            responseCode = "202",
            responseDescription = "it is cancelled, or was over before")
    @APIResponse(responseCode = "404", description = "no such scoring")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public Response cancel(@PathParam("id") String id) throws InterruptedException {
        try {
            return view(Response.Status.ACCEPTED, loop.cancel(id).orElseThrow(() -> unknown(id)));
        } catch (ScoringTopics.NotStored unwritten) {
            throw Refused.as(Response.Status.SERVICE_UNAVAILABLE, "Not now", String.valueOf(unwritten.getMessage()));
        }
    }

    private static HttpProblem unknown(String id) {
        return Refused.as(Response.Status.NOT_FOUND, "No such scoring", "id is " + id + ", which no scoring has");
    }
}
