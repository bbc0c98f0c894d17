package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.util.List;
import java.util.Set;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Test;

/** Everyone reads; who writes must have the token. Endpoints are found in the OpenAPI document: none can be forgotten. */
@QuarkusTest
@QuarkusTestResource(TestBroker.class)
class OpenDoorTest {
    /** A dry run asks what a policy would do and changes nothing, so it is as open as reading is. */
    private static final Set<String> WRITES_NOTHING =
            Set.of("POST /policies/dry-run", "POST /runs/{id}/policy/dry-run");

    private static List<Operation> published() {
        return Operation.published(Callers.nobody());
    }

    private static List<Operation> writing() {
        List<Operation> all = published().stream()
                .filter(operation -> !operation.reads())
                .filter(operation -> !WRITES_NOTHING.contains(operation.toString()))
                .toList();
        assertThat(all).extracting(Operation::toString).contains("PUT /runs/{id}/policy", "PUT /policies/default");
        return all;
    }

    @Test
    void nobodyWritesWithoutAToken() {
        for (Operation operation : writing()) {
            operation
                    .call(Callers.nobody())
                    .then()
                    .assertThat()
                    .statusCode(401)
                    .header("WWW-Authenticate", equalTo("Bearer"))
                    .contentType("application/problem+json")
                    .body("status", equalTo(401), "detail", containsString("a token is missing"));
        }
    }

    @Test
    void nobodyWritesWithAnotherToken() {
        for (Operation operation : writing()) {
            operation
                    .call(RestAssured.given().auth().oauth2("a-token-of-nobody"))
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", containsString("invalid_token"))
                    .contentType("application/problem+json")
                    .body("detail", equalTo("the token is not valid here"));
        }
    }

    @Test
    void aReaderDoesNotWrite() {
        for (Operation operation : writing()) {
            operation
                    .call(Callers.reader())
                    .then()
                    .statusCode(403)
                    .contentType("application/problem+json")
                    .body("status", equalTo(403), "detail", containsString("role dietsb-writer is missing"));
        }
    }

    @Test
    void aWriterIsHeard() {
        for (Operation operation : writing()) {
            assertThat(operation.call(Callers.writer()).statusCode())
                    .as(operation.toString())
                    .isNotIn(401, 403);
        }
    }

    @Test
    void everyoneReads() {
        List<Operation> reading = published().stream()
                .filter(operation -> operation.reads() || WRITES_NOTHING.contains(operation.toString()))
                .toList();
        assertThat(reading).hasSizeGreaterThan(3);
        for (Operation operation : reading) {
            assertThat(operation.call(Callers.nobody()).statusCode())
                    .as(operation.toString())
                    .isNotIn(401, 403);
        }
    }

    @Test
    void methodsOfNoUseAreDenied() {
        for (String method : List.of("TRACE", "PROPFIND", "PATCH")) {
            Callers.nobody().request(method, "/runs/1/policy").then().statusCode(401);
        }
    }

    @Test
    void healthAndMetricsAreOnTheirOwnPortAlone() {
        for (String path : List.of("/q/health", "/q/health/ready", "/q/metrics")) {
            Callers.nobody().get(path).then().statusCode(404);
            assertThat(Callers.managed(path).statusCode()).isIn(200, 503);
        }
        assertThat(Callers.managed("/q/openapi").statusCode()).isEqualTo(404);
    }
}
