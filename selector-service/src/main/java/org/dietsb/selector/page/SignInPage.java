package org.dietsb.selector.page;

import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.http.HttpServerRequest;
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

/** Accepts a token as a sign-in. The next page shows whether the token is valid. */
@Path("/control/sign-in")
@Blocking
@Produces(MediaType.TEXT_HTML)
public class SignInPage {
    private final HttpServerRequest request;
    private final Viewer viewer;

    SignInPage(HttpServerRequest request, Viewer viewer) {
        this.request = request;
        this.viewer = viewer;
    }

    @GET
    public TemplateInstance page(@QueryParam("back") @DefaultValue("/") String back) {
        Viewer.Badge badge = viewer.badge();
        return Pages.signIn(
                back, badge.tried() && !badge.writes() ? "This token does not grant write access." : "", badge);
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response in(
            @FormParam("token") @DefaultValue("") String token,
            @FormParam("name") @DefaultValue("") String name,
            @FormParam("back") @DefaultValue("/") String back) {
        if (!SignIn.isOfOwnPage(request)) {
            return Response.status(Response.Status.FORBIDDEN)
                    .entity(Pages.signIn("/", "Sign in from this page only.", viewer.badge()))
                    .build();
        }
        try {
            SignIn.in(request, token.strip(), name.strip());
        } catch (IllegalArgumentException invalid) {
            return Response.status(Response.Status.BAD_REQUEST)
                    .entity(Pages.signIn(back, String.valueOf(invalid.getMessage()), viewer.badge()))
                    .build();
        }
        return Response.seeOther(URI.create(SignIn.isPage(back) ? back : "/")).build();
    }

    @POST
    @Path("out")
    public Response out() {
        SignIn.out(request);
        return Response.seeOther(URI.create("/")).build();
    }
}
