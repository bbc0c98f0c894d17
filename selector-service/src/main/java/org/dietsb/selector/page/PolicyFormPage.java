package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.dietsb.selector.diet.ScoreSets;

/** Renders the parameters of the kind of policy selected in a form. */
@Path("/control/parameters")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class PolicyFormPage {
    private final ScoreSets scoreSets;

    PolicyFormPage(ScoreSets scoreSets) {
        this.scoreSets = scoreSets;
    }

    @GET
    public TemplateInstance parameters(@Context UriInfo asked) {
        return Pages.policy$parameters(form(asked));
    }

    /** Renders the cost of the values in a form. */
    @GET
    @Path("cost")
    public TemplateInstance cost(@Context UriInfo asked) {
        return Pages.policy$cost(form(asked));
    }

    private PolicyForm form(UriInfo asked) {
        return PolicyForm.of(new Typed(asked.getQueryParameters()), scoreSets.whole(), "");
    }
}
