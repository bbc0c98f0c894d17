package org.dietsb.selector.page;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Shows a problem as a page to a browser that asks for one; programs get the problem itself, and so does everyone at the REST interface. */
@Singleton
public class ProblemPage {
    private static final MediaType HTML = MediaType.TEXT_HTML_TYPE.withCharset("utf-8");

    private final Viewer viewer;

    ProblemPage(Viewer viewer) {
        this.viewer = viewer;
    }

    @ServerResponseFilter
    public void show(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getEntity() instanceof HttpProblem problem && asksForPage(request)) {
            boolean missing = problem.getStatusCode() == Status.NOT_FOUND.getStatusCode();
            String title = missing ? "There is no such page" : problem.getTitle();
            String detail = missing || problem.getDetail() == null ? "" : problem.getDetail();
            response.setEntity(
                    Pages.problem(title == null ? "Not now" : title, detail, viewer.badge())
                            .render(),
                    null,
                    HTML);
        }
    }

    private static boolean asksForPage(ContainerRequestContext request) {
        String path = "/" + request.getUriInfo().getPath().replaceAll("^/+", "");
        boolean known = !request.getUriInfo().getMatchedURIs().isEmpty();
        return (path.equals("/") || path.startsWith("/control/") || !known)
                && request.getAcceptableMediaTypes().stream()
                        .anyMatch(type -> type.getType().equals("text")
                                && type.getSubtype().equals("html"));
    }
}
