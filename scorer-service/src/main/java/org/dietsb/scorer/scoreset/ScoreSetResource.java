package org.dietsb.scorer.scoreset;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quarkiverse.resteasy.problem.HttpProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.dietsb.kit.door.Refused;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.overlap.Overlap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Score sets over REST. */
@Path("/score-sets")
@Tag(name = "score sets")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ScoreSetResource {
    private static final MediaType CSV = new MediaType("text", "csv");

    private final ScoreSets scoreSets;

    ScoreSetResource(ScoreSets scoreSets) {
        this.scoreSets = scoreSets;
    }

    /** An example with its score, and its label unless the set has none. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scored(int index, float score, @Nullable Integer label) {}

    /** The manifest's fields with all scores and labels, in index order; no labels if the set has none. */
    public record Whole(@JsonUnwrapped ScoreSet.Manifest manifest, float[] scores, int[] labels) {}

    @GET
    @Operation(operationId = "listScoreSets", summary = "Every finished score set, without its scores")
    public List<ScoreSet.Manifest> all() {
        return scoreSets.all();
    }

    @GET
    @Path("{id}")
    @Produces({MediaType.APPLICATION_JSON, "text/csv"})
    @Operation(
            operationId = "getScoreSet",
            summary = "A score set with its scores",
            description =
                    "As JSON, or as CSV lines of index,label,score if format or Accept requests it. A set whose scoring told no labels "
                            + "has an empty list of them, and empty cells.")
    @APIResponse(
            responseCode = "200",
            description = "the set",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Whole.class)),
                @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(responseCode = "404", description = "no finished score set has this id")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public Response one(
            @PathParam("id") String id, @QueryParam("format") @Nullable String format, @Context HttpHeaders headers) {
        ScoreSet set = found(id);
        String wanted = format != null ? format : accepts(headers);
        return switch (wanted) {
            case "json" ->
                Response.ok(new Whole(set.manifest(), set.scores(), set.labels()), MediaType.APPLICATION_JSON_TYPE)
                        .build();
            case "csv" -> Response.ok(csv(set), CSV).build();
            default -> throw badRequest("Not a format", "format is " + wanted + ", allowed is json | csv");
        };
    }

    private static String accepts(HttpHeaders headers) {
        for (MediaType type : headers.getAcceptableMediaTypes()) {
            if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return "json";
            }
            if (type.isCompatible(CSV)) {
                return "csv";
            }
        }
        return "json";
    }

    private static String csv(ScoreSet set) {
        StringBuilder csv = new StringBuilder("index,label," + set.manifest().method() + "\n");
        for (int i = 0; i < set.scores().length; i++) {
            Integer label = set.label(i);
            csv.append(i).append(',').append(label == null ? "" : label).append(',');
            csv.append(set.scores()[i]).append('\n');
        }
        return csv.toString();
    }

    @GET
    @Path("{id}/lowest")
    @Operation(operationId = "listLowest", summary = "The examples of lowest EL2N, lowest first: the easiest")
    @APIResponse(
            responseCode = "200",
            description = "OK",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Scored.class)))
    @APIResponse(responseCode = "404", description = "no finished score set has this id")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public List<Scored> lowest(@PathParam("id") String id, @QueryParam("count") @DefaultValue("20") String count) {
        ScoreSet set = found(id);
        return first(set, El2n.lowestFirst(set.scores()), count);
    }

    @GET
    @Path("{id}/highest")
    @Operation(operationId = "listHighest", summary = "The examples of highest EL2N, highest first: the hardest")
    @APIResponse(
            responseCode = "200",
            description = "OK",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Scored.class)))
    @APIResponse(responseCode = "404", description = "no finished score set has this id")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public List<Scored> highest(@PathParam("id") String id, @QueryParam("count") @DefaultValue("20") String count) {
        ScoreSet set = found(id);
        return first(set, El2n.highestFirst(set.scores()), count);
    }

    private static List<Scored> first(ScoreSet set, int[] order, String count) {
        int many = (int) number("count", count, Integer::parseInt, 1, order.length, "[1, " + order.length + "]");
        return Arrays.stream(order)
                .limit(many)
                .mapToObj(index -> new Scored(index, set.scores()[index], set.label(index)))
                .toList();
    }

    @GET
    @Path("{a}/overlap/{b}")
    @Operation(
            operationId = "getOverlap",
            summary = "Overlap of the examples that two score sets prune; for unrelated sets it is the rate")
    @APIResponseSchema(value = Overlap.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "no finished score set has one of these ids")
    @APIResponse(responseCode = "409", description = "the sets score different training examples")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    public Overlap overlap(
            @PathParam("a") String a, @PathParam("b") String b, @QueryParam("rate") @DefaultValue("0.25") String rate) {
        ScoreSet first = found(a);
        ScoreSet second = found(b);
        double share = number("rate", rate, Double::parseDouble, Double.MIN_VALUE, Math.nextDown(1.0), "(0, 1)");
        if (!first.manifest().fingerprint().equals(second.manifest().fingerprint())) {
            throw Refused.as(
                    Response.Status.CONFLICT,
                    "Different datasets",
                    a + " and " + b + " score different training examples");
        }
        return Overlap.of(El2n.pruned(first.scores(), share), El2n.pruned(second.scores(), share), share);
    }

    private static double number(
            String field, String value, ToDoubleFunction<String> parse, double least, double most, String allowed) {
        try {
            double number = parse.applyAsDouble(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Rejected below, like a value out of range.
        }
        throw badRequest("Not a " + field, field + " is " + value + ", allowed is " + allowed);
    }

    private static HttpProblem badRequest(String title, String detail) {
        return Refused.as(Response.Status.BAD_REQUEST, title, detail);
    }

    private ScoreSet found(String id) {
        try {
            return scoreSets
                    .find(id)
                    .orElseThrow(() -> Refused.as(
                            Response.Status.NOT_FOUND,
                            "No such score set",
                            "id is " + id + ", which no finished score set has"));
        } catch (UncheckedIOException unread) {
            throw Refused.as(Response.Status.SERVICE_UNAVAILABLE, "Not now", String.valueOf(unread.getMessage()));
        }
    }
}
