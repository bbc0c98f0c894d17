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
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.swap.PolicyHistory;

/** Orders a run from a trainer. Only the trainer validates and writes orders. */
@Path("/control/order")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class OrderPage {
    private final Trainer trainer;
    private final PolicyHistory history;
    private final ScoreSets scoreSets;
    private final Viewer viewer;

    OrderPage(Trainer trainer, PolicyHistory history, ScoreSets scoreSets, Viewer viewer) {
        this.trainer = trainer;
        this.history = history;
        this.scoreSets = scoreSets;
        this.viewer = viewer;
    }

    @GET
    public Response page(@Context UriInfo asked) throws InterruptedException {
        return page(200, new Typed(asked.getQueryParameters()), "");
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response order(MultivaluedMap<String, String> form) throws InterruptedException {
        Typed typed = new Typed(form);
        try {
            Trainer.Answer answer = trainer.order(OrderForm.order(typed));
            if (answer.status() == Response.Status.CREATED.getStatusCode()) {
                String id = answer.json().path("runId").asText();
                return Response.seeOther(URI.create("/control/runs/" + Trainer.encoded(id)))
                        .build();
            }
            return page(
                    answer.status(),
                    typed,
                    answer.problem("The trainer rejected the order with status " + answer.status() + "."));
        } catch (IllegalArgumentException invalid) {
            return page(400, typed, String.valueOf(invalid.getMessage()));
        } catch (IOException away) {
            return page(502, typed, "No trainer is reachable: the run was not ordered. Try again in a moment.");
        }
    }

    private Response page(int status, Typed typed, String problem) throws InterruptedException {
        OrderForm form = OrderForm.of(
                typed,
                PolicyForm.of(typed.orElse(history.ofDefault()), scoreSets.whole(), problem),
                Map.of("dataset", trainer.names("/datasets"), "model", trainer.names("/models")));
        return Response.status(status).entity(Pages.order(form, viewer.badge())).build();
    }
}
