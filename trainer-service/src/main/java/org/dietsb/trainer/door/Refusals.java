package org.dietsb.trainer.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import io.quarkus.security.ForbiddenException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * What is said of an error that nobody expected: its number, which stands in the log beside the stack trace, and nothing
 * else.
 */
@ApplicationScoped
public class Refusals implements ProblemPostProcessor {
    private static final int BEFORE_IT_IS_LOGGED = 200;

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        if (context.cause instanceof HttpProblem) {
            return problem;
        }
        if (context.cause instanceof ForbiddenException) {
            return HttpProblem.builder(problem)
                    .withDetail("role " + Role.WRITER + " is missing: this token may read only")
                    .build();
        }
        if (problem.getStatusCode() >= 500) {
            String id = UUID.randomUUID().toString();
            return HttpProblem.builder()
                    .withStatus(problem.getStatusCode())
                    .withTitle("Internal error")
                    .withDetail("internal error " + id + ": the log of this service tells more")
                    .with("errorId", id)
                    .build();
        }
        return problem;
    }

    @Override
    public int priority() {
        return BEFORE_IT_IS_LOGGED;
    }
}
