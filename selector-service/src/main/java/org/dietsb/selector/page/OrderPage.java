package org.dietsb.selector.page;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.swap.PolicyHistory;
import org.jboss.logging.Logger;

/** Orders a run from a trainer. Only the trainer validates and writes orders. */
@Path("/control/order")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class OrderPage {
    private static final Logger LOG = Logger.getLogger(OrderPage.class);

    private final Trainer trainer;
    private final Scorer scorer;
    private final PolicyHistory history;
    private final ScoreSets scoreSets;
    private final Viewer viewer;

    OrderPage(Trainer trainer, Scorer scorer, PolicyHistory history, ScoreSets scoreSets, Viewer viewer) {
        this.trainer = trainer;
        this.scorer = scorer;
        this.history = history;
        this.scoreSets = scoreSets;
        this.viewer = viewer;
    }

    @GET
    public Response page(@Context UriInfo asked) throws InterruptedException {
        Typed typed = new Typed(asked.getQueryParameters());
        return page(
                200,
                Preset.named(typed.text("preset"))
                        .map(preset -> preset.in(typed))
                        .orElse(typed),
                "");
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response order(MultivaluedMap<String, String> form) throws InterruptedException {
        Typed typed = new Typed(form);
        try {
            return OrderForm.needsScores(typed) ? scoredFirst(typed) : ordered(typed);
        } catch (IllegalArgumentException invalid) {
            return page(
                    400,
                    typed.refused(OrderForm.byName(RefusedException.byField(invalid))),
                    String.valueOf(invalid.getMessage()));
        }
    }

    private Response ordered(Typed typed) throws InterruptedException {
        Trainer.Answer answer;
        try {
            answer = trainer.order(OrderForm.order(typed));
        } catch (IOException away) {
            return noTrainer(typed);
        }
        return answered(typed, answer);
    }

    private Response noTrainer(Typed typed) throws InterruptedException {
        return page(502, typed, "No trainer is reachable: the run was not ordered. Try again in a moment.");
    }

    private Response answered(Typed typed, Trainer.Answer answer) throws InterruptedException {
        if (answer.status() != Response.Status.CREATED.getStatusCode()) {
            return page(
                    answer.status(),
                    typed.refused(OrderForm.byName(answer.violations())),
                    answer.problem("The trainer rejected the order with status " + answer.status() + "."));
        }
        String id = answer.json().path("runId").asText();
        return Response.seeOther(URI.create("/control/runs/" + Trainer.encoded(id)))
                .build();
    }

    /** Orders the scores of the typed diet, and the run, which waits for them. If the run is refused, no scores are computed for it. */
    private Response scoredFirst(Typed typed) throws InterruptedException {
        Trainer.Answer answer;
        try {
            answer = scorer.order(OrderForm.scoring(typed));
        } catch (IOException away) {
            return page(
                    502,
                    typed,
                    "No scorer is reachable: the scores of the diet were not ordered. Try again in a moment, or name a"
                            + " score set.");
        }
        if (answer.status() >= Response.Status.BAD_REQUEST.getStatusCode()) {
            return page(
                    answer.status(),
                    typed.refused(OrderForm.byName(answer.violations())),
                    answer.problem("The scorer rejected the order with status " + answer.status() + "."));
        }
        String id = answer.json().path("id").asText();
        // An equal scoring that is there already is found with status 200; others may need it.
        boolean begun = answer.status() == Response.Status.ACCEPTED.getStatusCode();
        try {
            Trainer.Answer run = trainer.order(OrderForm.order(typed.with(
                    Map.of("scoreSet", id, OrderForm.nameOf(OrderField.WAIT_FOR_SCORES), Boolean.toString(true)))));
            if (begun && run.status() != Response.Status.CREATED.getStatusCode()) {
                cancel(id);
            }
            return answered(typed, run);
        } catch (IOException away) {
            if (begun) {
                cancel(id);
            }
            return noTrainer(typed);
        }
    }

    private void cancel(String scoring) throws InterruptedException {
        try {
            Trainer.Answer answer = scorer.cancel(scoring);
            LOG.infof("Scoring %s was cancelled with status %d: its run was not ordered", scoring, answer.status());
        } catch (IOException away) {
            LOG.warnf("Scoring %s goes on, although its run was not ordered: no scorer is reachable", scoring);
        }
    }

    private Response page(int status, Typed typed, String problem) throws InterruptedException {
        Typed shown = typed.orElse(history.ofDefault()).with(Map.of(PolicyForm.ORDERS, "run"));
        OrderForm form = OrderForm.of(
                shown,
                PolicyForm.of(shown, scoreSets.whole(), problem),
                Map.of("dataset", trainer.names("/datasets"), "model", trainer.names("/models")));
        return Response.status(status).entity(Pages.order(form, viewer.badge())).build();
    }
}
