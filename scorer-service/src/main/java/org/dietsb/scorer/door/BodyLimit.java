package org.dietsb.scorer.door;

import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a request whose body is longer than {@code quarkus.http.limits.max-body-size}, before a byte of it is read, and says
 * what is allowed. A body that comes in chunks, without its length, is cut off by Quarkus at the same limit, without words.
 */
@ApplicationScoped
public class BodyLimit {
    private static final int FIRST = Integer.MIN_VALUE;

    void install(@Observes Router router, VertxHttpConfig config) {
        config.limits().maxBodySize().ifPresent(limit -> router.route()
                .order(FIRST)
                .handler(request -> refuseIfLonger(request, limit.asLongValue())));
    }

    private static void refuseIfLonger(RoutingContext request, long limit) {
        long length = length(request.request().getHeader(HttpHeaders.CONTENT_LENGTH));
        if (length <= limit) {
            request.next();
            return;
        }
        JsonObject problem = new JsonObject()
                .put("status", 413)
                .put("title", "Request Entity Too Large")
                .put("detail", "the body has " + length + " bytes, allowed are at most " + limit)
                .put("instance", request.request().path());
        request.response()
                .setStatusCode(413)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .putHeader(HttpHeaders.CONNECTION, "close")
                .endHandler(sent -> request.request().connection().close())
                .end(problem.encode());
    }

    /** The length that a header states; 0 if there is none: one that is no number never gets as far as here. */
    private static long length(@Nullable String header) {
        return header == null ? 0 : Long.parseLong(header);
    }
}
