package org.dietsb.selector.whatif;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.door.Asked;
import org.dietsb.selector.door.Problems;
import org.dietsb.selector.mask.Retracing;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.source.Sources;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

/** REST resource that judges the recorded losses of a run again: under other policies, or to explain a mask. Changes nothing. */
@Path("/runs/{id}")
@Tag(name = "what if")
@Blocking
public class WhatIfResource {
    private static final Logger LOG = Logger.getLogger(WhatIfResource.class);
    private static final int MOST_POLICIES = 10;
    /** The authors' T: early epochs suffice. */
    private static final int EPOCHS_OF_DUAL = 30;

    private static final String NO_RUN = "No such run";

    private final Runs runs;
    private final RunLog log;
    private final WhatIf whatIf;
    private final LossScoreSets scoreSets;
    private final Sources sources;
    private final SelectorConfig config;
    /** These take a processor of the selector, whose masks must not wait. */
    private final Semaphore one = new Semaphore(1);

    WhatIfResource(
            Runs runs, RunLog log, WhatIf whatIf, LossScoreSets scoreSets, Sources sources, SelectorConfig config) {
        this.runs = runs;
        this.log = log;
        this.whatIf = whatIf;
        this.scoreSets = scoreSets;
        this.sources = sources;
        this.config = config;
    }

    /** The policies to try. */
    @Schema(name = "PoliciesToTry")
    public record Request(
            @Schema(description = "1 to 10 policies") @Nullable
            List<PolicyJson> policies) {}

    @POST
    @Path("what-if")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces("application/x-ndjson")
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "compareSelections",
            summary = "What other policies would have selected in each epoch of the run, by its recorded losses",
            description =
                    "Off-policy: the losses are those of the run as it was trained. One line of JSON for each epoch as it is"
                            + " judged, and one at the end. By class, too, if a score set of the dataset has labels. Up to 10 policies; one request at a time. Ends when the"
                            + " connection does.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Request.class)))
    @APIResponse(
            responseCode = "200",
            content = @Content(mediaType = "application/x-ndjson", schema = @Schema(implementation = WhatIfLine.class)))
    @APIResponse(responseCode = "400", description = "no policies, or too many")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "409", description = "another request of this kind is running")
    public Multi<WhatIfLine> whatIf(@PathParam("id") String id, @Nullable String request) throws InterruptedException {
        List<Policy> policies = Problems.orBadRequest("Nothing to try", () -> policies(request));
        RunSheet run = runs.whole(id).orElseThrow(() -> Problems.notFound(NO_RUN, "there is no run " + id));
        acquire();
        return Multi.createFrom()
                .<WhatIfLine>emitter(lines -> judge(run, policies, lines))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .onTermination()
                .invoke(one::release);
    }

    private void acquire() {
        if (!one.tryAcquire()) {
            throw Problems.conflict("Busy", "the selector reads the losses of another run: one at a time");
        }
    }

    /**
     * The scores to compute.
     *
     * @param method dual, dynamic-uncertainty, mean-loss, last-loss or forgetting
     * @param epochs of the run that are used, from the first on; null = 30 for dual, else all
     */
    @Schema(name = "ScoresByLosses")
    public record Scores(
            @Schema(
                    description = "what the scores are computed from; dual takes 30 epochs",
                    enumeration = {"dual", "dynamic-uncertainty", "mean-loss", "last-loss", "forgetting"})
            @Nullable
            String method,

            @Schema(
                    description =
                            "epochs of the run that are used, from the first on; without it 30 for dual, else all")
            @Nullable
            Integer epochs) {}

    @POST
    @Path("score-sets")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "publishScores",
            summary = "Publish a score set by the run's recorded losses, without any forward pass",
            description = "Its id is <run id>.<method>. A second request publishes the same scores again.")
    @RequestBody(content = @Content(schema = @Schema(implementation = Scores.class)))
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = LossScoreSets.Published.class)))
    @APIResponse(responseCode = "400", description = "no such method, or epochs is out of range")
    @APIResponse(responseCode = "404", description = "no such run")
    @APIResponse(responseCode = "409", description = "the run lacks what the method needs; another request is running")
    public LossScoreSets.Published scores(@PathParam("id") String id, @Nullable String request)
            throws InterruptedException, IOException {
        Scores asked = Problems.orBadRequest(
                "No scores", () -> StrictJson.read(request, Scores.class, "{\"method\": .., \"epochs\": ..}"));
        LossScores.Method method = Label.parse(LossScores.Method.class, String.valueOf(asked.method()))
                .orElseThrow(() -> Problems.badRequest(
                        "No scores",
                        "method is " + asked.method() + ", allowed is one of " + Label.all(LossScores.Method.class)));
        int epochs = asked.epochs() != null
                ? asked.epochs()
                : method == LossScores.Method.DUAL ? EPOCHS_OF_DUAL : Integer.MAX_VALUE;
        if (epochs < 1) {
            throw Problems.badRequest("No scores", "epochs is " + epochs + ", allowed is 1 or more");
        }
        RunSheet run = runs.find(id).orElseThrow(() -> Problems.notFound(NO_RUN, "there is no run " + id));
        acquire();
        try {
            return scoreSets.publish(run, method, epochs);
        } catch (RefusalException refusal) {
            throw Problems.conflict("No scores", refusal.reason());
        } finally {
            one.release();
        }
    }

    private void judge(RunSheet run, List<Policy> policies, MultiEmitter<? super WhatIfLine> lines) {
        WhatIfLine end;
        try {
            Classes classes = whatIf.of(run, policies, epoch -> {
                lines.emit(WhatIfLine.of(run.epochs(), epoch));
                return !lines.isCancelled();
            });
            end = WhatIfLine.whole(run.epochs(), classes);
        } catch (RefusalException refusal) {
            end = WhatIfLine.broken(run.epochs(), refusal.reason());
        } catch (IOException unread) {
            end = WhatIfLine.broken(run.epochs(), unread.getMessage());
        } catch (RuntimeException unexpected) {
            LOG.errorf(unexpected, "Run %s cannot be judged again", run.id());
            end = WhatIfLine.broken(run.epochs(), "the selector cannot judge the run again: see its log");
        }
        lines.emit(end);
        lines.complete();
    }

    private static List<Policy> policies(@Nullable String request) {
        List<PolicyJson> policies = StrictJson.read(request, Request.class, "{\"policies\": [{..}, ..]}")
                .policies();
        if (policies == null || policies.isEmpty() || policies.size() > MOST_POLICIES) {
            throw new IllegalArgumentException("policies has " + (policies == null ? "none" : policies.size())
                    + ", allowed are 1 to " + MOST_POLICIES);
        }
        return policies.stream().map(PolicyJson::toPolicy).toList();
    }

    @GET
    @Path("explanation")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "explainSelection",
            summary = "Why an example of a batch was selected or not",
            description =
                    "Answers the messages of the run once more up to that batch; selected is the bit of its mask.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Explanation.class)))
    @APIResponse(responseCode = "400", description = "epoch, batch or example is missing or not a number")
    @APIResponse(responseCode = "404", description = "no such run, batch or example")
    @APIResponse(responseCode = "409", description = "the losses are no longer there, or a proxy judged the run")
    public Explanation explanation(
            @PathParam("id") String id,
            @QueryParam("epoch") @Nullable String epoch,
            @QueryParam("batch") @Nullable String batch,
            @QueryParam("example") @Nullable String example)
            throws InterruptedException, IOException {
        int inEpoch = number("epoch", epoch, 1);
        int inBatch = number("batch", batch, 0);
        int index = number("example", example, 0);
        RunSheet run = runs.find(id).orElseThrow(() -> Problems.notFound(NO_RUN, "there is no run " + id));
        try (Retracing again = new Retracing(id, inEpoch, inBatch, sources, config)) {
            log.messages(run, again::read);
            return explained(again, id, inEpoch, inBatch, index);
        } catch (RefusalException refusal) {
            throw Problems.conflict("Cannot be explained", refusal.reason());
        }
    }

    private static Explanation explained(Retracing again, String id, int epoch, int batch, int example)
            throws RefusalException {
        Retracing.Judged judged = again.judged();
        Retracing.Chosen chosen = again.chosen();
        Policy ofEpoch = chosen.policy();
        if (ofEpoch == null) {
            throw Problems.notFound("No such epoch", "run " + id + " has not opened epoch " + epoch);
        }
        if (ofEpoch.proxy() != null) {
            throw new RefusalException(
                    "the losses of a proxy judge run " + id + ": ask for the same batch of the proxy");
        }
        if (example >= chosen.examples()) {
            throw Problems.notFound(
                    "No such example",
                    "example is " + example + ", allowed is [0, " + chosen.examples() + "), the training set");
        }
        if (chosen.kept() != null && !chosen.kept().get(example)) {
            return Explanation.leftOut(id, epoch, batch, example, ofEpoch);
        }
        if (judged != null) {
            for (int place = 0; place < judged.indices().length; place++) {
                if (judged.indices()[place] == example) {
                    return Explanation.of(id, epoch, batch, place, chosen, judged);
                }
            }
        }
        int there = again.batchWith(example);
        throw Problems.notFound(
                "No such example",
                "example " + example + " is not in batch " + batch + " of epoch " + epoch + " of run " + id
                        + (there < 0 ? ", and in no other that was announced" : ", it is in batch " + there));
    }

    private static int number(String name, @Nullable String asked, int least) {
        Integer value = Asked.integer(name, asked);
        if (value == null || value < least) {
            throw Problems.badRequest(
                    "Out of range",
                    name + " is " + (value == null ? "missing" : value) + ", allowed is " + least + " or more");
        }
        return value;
    }
}
