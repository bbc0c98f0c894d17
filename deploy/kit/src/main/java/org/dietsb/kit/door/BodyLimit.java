package org.dietsb.kit.door;

import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jspecify.annotations.Nullable;

/**
 * Rejects a request whose declared body length exceeds {@code quarkus.http.limits.max-body-size}, before reading the body, and names the
 * limit. Quarkus cuts off a chunked body, which declares no length, at the same limit and without a message.
 */
@ApplicationScoped
public class BodyLimit {
    private static final int FIRST = Integer.MIN_VALUE;

    void install(@Observes Router router, VertxHttpConfig config) {
        config.limits().maxBodySize().ifPresent(limit -> router.route()
                .order(FIRST)
                .handler(request -> rejectIfLonger(request, limit.asLongValue())));
    }

    private static void rejectIfLonger(RoutingContext request, long limit) {
        long length = length(request.request().getHeader(HttpHeaders.CONTENT_LENGTH));
        if (length <= limit) {
            request.next();
            return;
        }
        JsonObject problem = new JsonObject()
                .put("status", 413)
                .put("title", "Request Entity Too Large")
                .put("detail", "the body has " + length + " bytes, at most " + limit + " are allowed")
                .put("instance", request.request().path());
        request.response()
                .setStatusCode(413)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .putHeader(HttpHeaders.CONNECTION, "close")
                .endHandler(sent -> request.request().connection().close())
                .end(problem.encode());
    }

    /** Returns the declared length, or 0 if there is no header. The server has already rejected headers that are not numbers. */
    private static long length(@Nullable String header) {
        return header == null ? 0 : Long.parseLong(header);
    }
}
