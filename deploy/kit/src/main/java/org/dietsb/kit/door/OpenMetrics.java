package org.dietsb.kit.door;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Gives metrics to a client that asks for OpenMetrics without naming a version, which RFC 9110 lets it do: a media range without
 * parameters includes every version. The handler behind compares whole media types, and would answer 406.
 */
@ApplicationScoped
public class OpenMetrics {
    private static final String TYPE = "application/openmetrics-text";
    /** What the handler behind writes. */
    private static final String WRITTEN = TYPE + "; version=1.0.0; charset=utf-8";

    private static final int AFTER_HOSTS = Integer.MIN_VALUE + 1;

    void install(@Observes ManagementInterface management) {
        management.router().route("/q/metrics").order(AFTER_HOSTS).handler(OpenMetrics::complete);
    }

    private static void complete(RoutingContext request) {
        MultiMap headers = request.request().headers();
        List<String> accepted = headers.getAll(HttpHeaders.ACCEPT);
        if (accepted.stream().anyMatch(types -> types.contains(TYPE) && !types.contains("version="))) {
            headers.set(HttpHeaders.ACCEPT, String.join(", ", accepted).replace(TYPE, WRITTEN));
        }
        request.next();
    }
}
