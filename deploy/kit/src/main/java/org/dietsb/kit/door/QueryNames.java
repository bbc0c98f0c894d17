package org.dietsb.kit.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Rejects query parameters that the requested operation does not have, or that are given twice. Without this, a misspelled parameter
 * would be ignored, and a request to swap a policy later would swap it now. An operation that takes the whole query as {@link UriInfo},
 * as a page with a form does, is exempt.
 */
@Singleton
public class QueryNames {
    private final Map<Method, Optional<TreeSet<String>>> known = new ConcurrentHashMap<>();

    @ServerRequestFilter
    public void check(ContainerRequestContext request, ResourceInfo operation) {
        Map<String, List<String>> asked = request.getUriInfo().getQueryParameters();
        if (asked.isEmpty()) {
            return;
        }
        Optional<TreeSet<String>> names = known.computeIfAbsent(operation.getResourceMethod(), QueryNames::names);
        names.ifPresent(allowed -> asked.forEach((name, values) -> {
            if (!allowed.contains(name)) {
                throw problem("query parameter " + name + " is unknown, allowed "
                        + (allowed.isEmpty() ? "is none" : "are " + String.join(", ", allowed)));
            }
            if (values.size() > 1) {
                throw problem("query parameter " + name + " is given " + values.size() + " times, allowed is once");
            }
        }));
    }

    /** Returns the names of the query parameters of an operation; empty if it reads the query itself. */
    private static Optional<TreeSet<String>> names(Method operation) {
        if (List.of(operation.getParameterTypes()).contains(UriInfo.class)) {
            return Optional.empty();
        }
        TreeSet<String> names = new TreeSet<>();
        for (Annotation[] parameter : operation.getParameterAnnotations()) {
            Arrays.stream(parameter)
                    .filter(QueryParam.class::isInstance)
                    .forEach(one -> names.add(((QueryParam) one).value()));
        }
        return Optional.of(names);
    }

    private static HttpProblem problem(String detail) {
        return HttpProblem.valueOf(Response.Status.BAD_REQUEST, detail);
    }
}
