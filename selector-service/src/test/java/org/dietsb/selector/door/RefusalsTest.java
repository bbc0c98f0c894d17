package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import jakarta.ws.rs.core.Response;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final Refusals refusals = new Refusals();

    @Test
    void ofAnUnexpectedErrorOnlyItsNumberIsTold() {
        IllegalStateException unexpected = new IllegalStateException("/secret/path is broken");
        HttpProblem told = refusals.apply(
                HttpProblem.valueOf(Response.Status.INTERNAL_SERVER_ERROR, "/secret/path is broken"),
                ProblemContext.of(unexpected, "/runs"));
        String id = String.valueOf(told.getParameters().get("errorId"));
        assertThat(id).matches("[0-9a-f-]{36}");
        assertThat(told.getDetail()).isEqualTo("internal error " + id + ": the log of this service tells more");
        assertThat(told.getStatusCode()).isEqualTo(500);
    }

    @Test
    void whatAServiceSaysItselfStaysAsItIs() {
        HttpProblem said = HttpProblem.valueOf(Response.Status.SERVICE_UNAVAILABLE, "not yet");
        assertThat(refusals.apply(said, ProblemContext.of(said, "/runs"))).isSameAs(said);
    }
}
