package org.dietsb.kit.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemPostProcessor;
import io.quarkus.security.ForbiddenException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RetriableException;
import org.dietsb.kit.topic.UnreadException;

/**
 * Hides the details of unexpected errors from callers. The response carries only an id, which the log has next to the stack trace. A
 * topic that cannot be read now is no such error: the caller may try again, after a time that the response states.
 */
@ApplicationScoped
public class Refusals implements ProblemPostProcessor {
    /** Runs before the processor that logs the problem. */
    private static final int PRIORITY = 200;

    private static final int UNAVAILABLE = Response.Status.SERVICE_UNAVAILABLE.getStatusCode();
    private static final int RETRY_AFTER_SECONDS = 5;

    @Override
    public HttpProblem apply(HttpProblem problem, ProblemContext context) {
        if (context.cause instanceof HttpProblem) {
            return problem.getStatusCode() == UNAVAILABLE ? retried(HttpProblem.builder(problem)) : problem;
        }
        Optional<String> unread = unread(context.cause);
        if (unread.isPresent()) {
            return retried(HttpProblem.builder()
                    .withStatus(UNAVAILABLE)
                    .withTitle("Not now")
                    .withDetail(unread.get()));
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

    private static HttpProblem retried(HttpProblem.Builder problem) {
        return problem.withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS).build();
    }

    /** Returns why a topic cannot be read or written now, if that is the cause. */
    private static Optional<String> unread(Throwable cause) {
        return Stream.iterate(cause, Objects::nonNull, Throwable::getCause)
                .map(one -> one instanceof UnreadException
                        ? one.getMessage()
                        : one instanceof RetriableException ? "the broker does not answer in time" : null)
                .filter(Objects::nonNull)
                .findFirst();
    }

    @Override
    public int priority() {
        return PRIORITY;
    }
}
