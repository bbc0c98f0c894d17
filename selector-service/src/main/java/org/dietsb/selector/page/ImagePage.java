package org.dietsb.selector.page;

import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Proxies training images from a trainer, with the viewer's credentials. Serves a placeholder image if the trainer does not
 * return one.
 */
@Path("/control/images")
@Blocking
public class ImagePage {
    private static final String NONE = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" fill="#9aa5b3"/>\
            <path d="M8 8l12 12M20 8L8 20" stroke="#fff" stroke-width="2"/></svg>
            """;

    private final Trainer trainer;

    ImagePage(Trainer trainer) {
        this.trainer = trainer;
    }

    @GET
    @Path("{dataset}/{index}.png")
    public Response image(
            @PathParam("dataset") String dataset,
            @PathParam("index") int index,
            @QueryParam("fingerprint") @Nullable String fingerprint,
            @QueryParam("limit") @DefaultValue("0") int limit)
            throws InterruptedException {
        try {
            Trainer.Answer answer = trainer.get("/datasets/" + Trainer.encoded(dataset)
                    + "/examples/" + index + ".png?limit=" + limit
                    + (fingerprint == null ? "" : "&fingerprint=" + Trainer.encoded(fingerprint)));
            return answer.status() == 200
                    ? Response.ok(answer.body(), "image/png")
                            .header(HttpHeaders.CACHE_CONTROL, "private, max-age=86400")
                            .build()
                    : none(answer.status());
        } catch (IOException away) {
            return none(Response.Status.BAD_GATEWAY.getStatusCode());
        }
    }

    private static Response none(int status) {
        return Response.status(status)
                .entity(NONE)
                .type("image/svg+xml")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }
}
