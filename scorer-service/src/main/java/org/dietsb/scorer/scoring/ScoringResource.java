package org.dietsb.scorer.scoring;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.overlap.Overlap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Scorings and score sets over REST. */
@Path("/")
@Tag(name = "scores")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ScoringResource {
    private final Scorings scorings;

    ScoringResource(Scorings scorings) {
        this.scorings = scorings;
    }

    /** An example with its score. */
    record Scored(int index, float score, int label) {}

    /** A score set with all its scores, in index order. */
    record Whole(ScoreSet.Manifest manifest, float[] scores, int[] labels) {}

    @POST
    @Path("scorings")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Order EL2N scores", description = "Equal requests share one scoring.")
    public Response request(ScoringRequest request) {
        try {
            boolean known = scorings.find(request.idOrDerived())
                    .filter(scoring -> scoring.state() != Scoring.State.FAILED)
                    .isPresent();
            Scoring scoring = scorings.request(request);
            return Response.status(known ? Response.Status.OK : Response.Status.ACCEPTED)
                    .location(URI.create("/scorings/" + scoring.id()))
                    .entity(scoring)
                    .build();
        } catch (IllegalArgumentException invalid) {
            throw problem(Response.Status.BAD_REQUEST, "Not a scoring", String.valueOf(invalid.getMessage()));
        }
    }

    @GET
    @Path("scorings")
    @Operation(summary = "Every scoring")
    public List<Scoring> all() {
        return scorings.all();
    }

    @GET
    @Path("scorings/{id}")
    @Operation(summary = "How far a scoring is")
    public Scoring one(@PathParam("id") String id) {
        return scorings.find(id).orElseThrow(() -> missing("scoring", id));
    }

    @GET
    @Path("score-sets")
    @Operation(summary = "Every finished score set, without its scores")
    public List<ScoreSet.Manifest> scoreSets() {
        return scorings.scoreSets().stream().map(ScoreSet::manifest).toList();
    }

    @GET
    @Path("score-sets/{id}")
    @Operation(summary = "A score set with its scores")
    public Whole scoreSet(@PathParam("id") String id) {
        ScoreSet set = found(id);
        return new Whole(set.manifest(), set.scores(), set.labels());
    }

    @GET
    @Path("score-sets/{id}")
    @Produces("text/csv")
    @Operation(summary = "A score set as lines of index,label,score")
    public String csv(@PathParam("id") String id) {
        ScoreSet set = found(id);
        StringBuilder csv = new StringBuilder("index,label,el2n\n");
        for (int i = 0; i < set.scores().length; i++) {
            csv.append(i)
                    .append(',')
                    .append(set.labels()[i])
                    .append(',')
                    .append(set.scores()[i])
                    .append('\n');
        }
        return csv.toString();
    }

    @GET
    @Path("score-sets/{id}/lowest")
    @Operation(summary = "The examples of lowest EL2N: the easiest")
    public List<Scored> lowest(@PathParam("id") String id, @QueryParam("count") @DefaultValue("20") int count) {
        ScoreSet set = found(id);
        if (count < 1 || count > set.scores().length) {
            throw problem(
                    Response.Status.BAD_REQUEST,
                    "Not a count",
                    "count is " + count + ", allowed is [1, " + set.scores().length + "]");
        }
        int[] order = El2n.ascending(set.scores());
        List<Scored> lowest = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lowest.add(new Scored(order[i], set.scores()[order[i]], set.labels()[order[i]]));
        }
        return lowest;
    }

    @GET
    @Path("score-sets/{a}/overlap/{b}")
    @Operation(summary = "How far two score sets would prune the same examples")
    public Overlap overlap(
            @PathParam("a") String a, @PathParam("b") String b, @QueryParam("rate") @DefaultValue("0.25") double rate) {
        if (!(rate > 0 && rate < 1)) {
            throw problem(Response.Status.BAD_REQUEST, "Not a rate", "rate is " + rate + ", allowed is (0, 1)");
        }
        ScoreSet first = found(a);
        ScoreSet second = found(b);
        if (!first.manifest().fingerprint().equals(second.manifest().fingerprint())) {
            throw problem(
                    Response.Status.CONFLICT, "Different datasets", a + " and " + b + " are of different datasets");
        }
        return Overlap.of(El2n.pruned(first.scores(), rate), El2n.pruned(second.scores(), rate), rate);
    }

    private ScoreSet found(String id) {
        return scorings.scoreSet(id).orElseThrow(() -> missing("score set", id));
    }

    private static HttpProblem missing(String what, String id) {
        return problem(Response.Status.NOT_FOUND, "No such " + what, "id is " + id + ", which no " + what + " has");
    }

    private static HttpProblem problem(Response.Status status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }
}
