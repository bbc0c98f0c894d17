package org.dietsb.kit.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.validation.Violation;
import jakarta.ws.rs.core.Response.Status;
import java.util.List;
import java.util.Map;

/** Refusals of requests, as problems (RFC 9457). Those of wrong values have status 400 and name each wrong field in {@code violations}. */
public final class Refused {
    private Refused() {}

    /** Returns a problem that is not about single values. */
    public static HttpProblem as(Status status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }

    /**
     * Returns the problem of a body.
     *
     * @param detail every reason, in a line
     * @param byField the reason of each wrong field, by its place in the body, such as {@code policy.keep}
     */
    public static HttpProblem body(String title, String detail, Map<String, String> byField) {
        return problem(title, detail, Violation.In.body, byField);
    }

    /** Returns the problem of a query parameter. */
    public static HttpProblem query(String title, String name, String detail) {
        return problem(title, detail, Violation.In.query, Map.of(name, detail));
    }

    private static HttpProblem problem(String title, String detail, Violation.In in, Map<String, String> byField) {
        HttpProblem.Builder problem = HttpProblem.builder()
                .withStatus(Status.BAD_REQUEST.getStatusCode())
                .withTitle(title)
                .withDetail(detail);
        List<Violation> violations = byField.entrySet().stream()
                .map(one -> in.field(one.getKey()).message(one.getValue()))
                .toList();
        return (violations.isEmpty() ? problem : problem.with("violations", violations)).build();
    }
}
