package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import jakarta.ws.rs.core.Response;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final Refusals refusals = new Refusals();

    @Test
    void hidesTheDetailsOfUnexpectedErrors() {
        IllegalStateException unexpected = new IllegalStateException("/secret/path is broken");
        HttpProblem shown = refusals.apply(
                HttpProblem.valueOf(Response.Status.INTERNAL_SERVER_ERROR, "/secret/path is broken"),
                ProblemContext.of(unexpected, "/runs"));
        String id = String.valueOf(shown.getParameters().get("errorId"));
        assertThat(id).matches("[0-9a-f-]{36}");
        assertThat(shown.getDetail()).isEqualTo("internal error " + id + ": see the log of this service");
        assertThat(shown.getStatusCode()).isEqualTo(500);
    }

    @Test
    void keepsTheProblemsOfTheServiceItself() {
        HttpProblem problem = HttpProblem.valueOf(Response.Status.SERVICE_UNAVAILABLE, "not yet");
        assertThat(refusals.apply(problem, ProblemContext.of(problem, "/runs"))).isSameAs(problem);
    }
}
