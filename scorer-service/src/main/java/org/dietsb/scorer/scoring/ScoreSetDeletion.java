package org.dietsb.scorer.scoring;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.dietsb.kit.door.Refused;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Deletes score sets over REST. */
@Path("/score-sets")
@Tag(name = "score sets")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ScoreSetDeletion {
    private static final Logger LOG = Logger.getLogger(ScoreSetDeletion.class);

    private final ScoringLoop loop;
    private final ScoringBook book;

    ScoreSetDeletion(ScoringLoop loop, ScoringBook book) {
        this.loop = loop;
        this.book = book;
    }

    @DELETE
    @Path("{id}")
    @Operation(
            operationId = "deleteScoreSet",
            summary = "Delete a score set",
            description =
                    "Its scoring is deleted with it, so that an equal request computes the scores again. A run that is"
                            + " ordered later and names the set is refused.")
    @APIResponse(responseCode = "503", description = "not now, for the reason in detail")
    @APIResponse(responseCode = "204", description = "the set is deleted")
    @APIResponse(responseCode = "404", description = "no finished score set has this id")
    @APIResponse(responseCode = "409", description = "a run that is not over uses it, or the policy of new runs")
    public void delete(@PathParam("id") String id) throws InterruptedException {
        try {
            loop.awaitRead();
            if (book.scoreSets().stream().noneMatch(set -> set.id().equals(id))) {
                throw Refused.as(
                        Response.Status.NOT_FOUND,
                        "No such score set",
                        "id is " + id + ", which no finished score set has");
            }
            List<String> users = loop.deleteUnused(id);
            if (!users.isEmpty()) {
                throw Refused.as(
                        Response.Status.CONFLICT,
                        "In use",
                        "score set " + id + " is used by " + String.join(", ", users)
                                + ": cancel or await the run first");
            }
            LOG.infof("Score set %s is deleted", id);
        } catch (ScoringTopics.NotStored unwritten) {
            throw Refused.as(Response.Status.SERVICE_UNAVAILABLE, "Not now", String.valueOf(unwritten.getMessage()));
        }
    }
}
