package org.dietsb.selector.swap;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.Response;

/** What is said over REST of requests that are refused. */
public final class Problems {
    private static final int UNPROCESSABLE = 422;

    private Problems() {}

    static HttpProblem of(SwapOutcome.Refused refused) {
        return switch (refused.reason()) {
            case NO_SUCH_RUN -> of(Response.Status.NOT_FOUND, "No such run", refused.detail());
            case RUN_IS_OVER -> of(Response.Status.CONFLICT, "Run is over", refused.detail());
            case MEMBER_OF_A_SCORING -> of(Response.Status.CONFLICT, "Member of a scoring", refused.detail());
            case ONE_OF_TWO -> of(Response.Status.CONFLICT, "One of two", refused.detail());
            case TOO_MANY -> of(Response.Status.CONFLICT, "Too many swaps", refused.detail());
            case NOT_A_NAME -> of(Response.Status.BAD_REQUEST, "Not a name", refused.detail());
            case NOT_A_POLICY -> of(Response.Status.BAD_REQUEST, "Not a policy", refused.detail());
            case NOT_A_SCHEDULE -> of(Response.Status.BAD_REQUEST, "Not a schedule", refused.detail());
            case NO_SUCH_REVISION -> of(Response.Status.BAD_REQUEST, "No such revision", refused.detail());
            case BEYOND_THE_GUARD_RAILS ->
                HttpProblem.builder()
                        .withStatus(UNPROCESSABLE)
                        .withTitle("Beyond the guard rails")
                        .withDetail(refused.detail())
                        .build();
        };
    }

    public static HttpProblem of(Response.Status status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }
}
