package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.dietsb.selector.door.SignIn;

/** Accepts a valid token as a sign-in. */
@Path("/control/sign-in")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class SignInPage {
    private final HttpServerRequest request;
    private final RoutingContext context;
    private final Viewer viewer;
    private final SignIn signIn;

    SignInPage(HttpServerRequest request, RoutingContext context, Viewer viewer, SignIn signIn) {
        this.request = request;
        this.context = context;
        this.viewer = viewer;
        this.signIn = signIn;
    }

    @GET
    public TemplateInstance page(@QueryParam("back") @DefaultValue("/") String back) {
        Viewer.Badge badge = viewer.badge();
        return form(back, "", badge.tried() && !badge.writes() ? "This token does not grant write access." : "");
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response in(
            @FormParam("token") @DefaultValue("") String token,
            @FormParam("name") @DefaultValue("") String name,
            @FormParam("back") @DefaultValue("/") String back) {
        if (!SignIn.isOfOwnPage(request)) {
            return notFromHere();
        }
        try {
            signIn.in(context, token.strip(), name.strip());
        } catch (IllegalArgumentException invalid) {
            return Response.status(Response.Status.BAD_REQUEST)
                    .entity(form(back, name, String.valueOf(invalid.getMessage())))
                    .build();
        }
        return Response.seeOther(URI.create(SignIn.back(back))).build();
    }

    @POST
    @Path("out")
    public Response out() {
        if (!SignIn.isOfOwnPage(request)) {
            return notFromHere();
        }
        signIn.out(request);
        return Response.seeOther(URI.create("/")).build();
    }

    private Response notFromHere() {
        return Response.status(Response.Status.FORBIDDEN)
                .entity(form("/", "", "Sign in and out from pages of this control room only."))
                .build();
    }

    private TemplateInstance form(String back, String name, String problem) {
        return Pages.signIn(SignIn.back(back), name, problem, Words.length(signIn.unused()), viewer.badge());
    }
}
