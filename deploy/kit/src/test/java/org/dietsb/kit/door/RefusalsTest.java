package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkiverse.resteasy.problem.postprocessing.ProblemContext;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dietsb.kit.topic.UnreadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
        HttpProblem problem = HttpProblem.valueOf(Response.Status.CONFLICT, "not this one");
        assertThat(refusals.apply(problem, ProblemContext.of(problem, "/runs"))).isSameAs(problem);
    }

    @Test
    void saysWhenToSendARequestAgain() {
        HttpProblem problem = HttpProblem.valueOf(Response.Status.SERVICE_UNAVAILABLE, "not yet");
        HttpProblem shown = refusals.apply(problem, ProblemContext.of(problem, "/runs"));
        assertThat(shown.getDetail()).isEqualTo("not yet");
        assertThat(shown.getHeaders()).containsEntry("Retry-After", 5);
    }

    @ParameterizedTest
    @MethodSource
    void aTopicThatCannotBeReadNowIsNoInternalError(Exception unread, String detail) {
        HttpProblem shown = refusals.apply(
                HttpProblem.valueOf(Response.Status.INTERNAL_SERVER_ERROR, "any"), ProblemContext.of(unread, "/runs"));
        assertThat(shown.getStatusCode()).isEqualTo(503);
        assertThat(shown.getDetail()).isEqualTo(detail);
        assertThat(shown.getHeaders()).containsEntry("Retry-After", 5);
    }

    static Stream<Arguments> aTopicThatCannotBeReadNowIsNoInternalError() {
        return Stream.of(
                Arguments.of(new UnreadException("topic a is not read yet").unchecked(), "topic a is not read yet"),
                Arguments.of(new UnreadException("not stored", new IOException("secret")), "not stored"),
                Arguments.of(
                        new KafkaException("secret", new TimeoutException("host:9092")),
                        "the broker does not answer in time"));
    }
}
