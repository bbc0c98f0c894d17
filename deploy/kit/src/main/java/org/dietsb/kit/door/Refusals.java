package org.dietsb.kit.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import io.quarkus.security.ForbiddenException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Hides the details of unexpected errors from callers. The response carries only an id, which the log has next to the stack trace.
 */
@ApplicationScoped
public class Refusals implements ProblemPostProcessor {
    /** Runs before the processor that logs the problem. */
    private static final int PRIORITY = 200;

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        if (context.cause instanceof HttpProblem) {
            return problem;
        }
        if (context.cause instanceof ForbiddenException) {
            return HttpProblem.builder(problem)
                    .withDetail("role " + Role.WRITER + " is missing: this token is read-only")
                    .build();
        }
        if (problem.getStatusCode() >= 500) {
            String id = UUID.randomUUID().toString();
            return HttpProblem.builder()
                    .withStatus(problem.getStatusCode())
                    .withTitle("Internal error")
                    .withDetail("internal error " + id + ": see the log of this service")
                    .with("errorId", id)
                    .build();
        }
        return problem;
    }

    @Override
    public int priority() {
        return PRIORITY;
    }
}
