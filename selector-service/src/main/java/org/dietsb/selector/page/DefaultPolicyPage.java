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
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.swap.PolicyHistory;
import org.dietsb.selector.swap.Swaps;

/** Shows and sets the default policy, which applies to new runs whose order specifies none. */
@Path("/control/default-policy")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class DefaultPolicyPage {
    private final PolicyHistory history;
    private final Swaps swaps;
    private final ScoreSets scoreSets;
    private final Viewer viewer;

    DefaultPolicyPage(PolicyHistory history, Swaps swaps, ScoreSets scoreSets, Viewer viewer) {
        this.history = history;
        this.swaps = swaps;
        this.scoreSets = scoreSets;
        this.viewer = viewer;
    }

    @GET
    public Response page(@Context UriInfo asked) throws InterruptedException {
        return page(200, new Typed(asked.getQueryParameters()), "");
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response set(MultivaluedMap<String, String> form) throws InterruptedException {
        Typed typed = new Typed(form);
        return new Submission(typed, this::page)
                .answer(
                        () -> swaps.setDefault(
                                typed.policy(), typed.revision(), viewer.badge().name()),
                        "/");
    }

    private Response page(int status, Typed typed, String problem) throws InterruptedException {
        PolicyForm form = PolicyForm.of(typed.orElse(history.ofDefault()), scoreSets.whole(), problem);
        return Response.status(status)
                .entity(Pages.defaultPolicy(form, viewer.badge()))
                .build();
    }
}
