package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** With open reading, every caller reads, and only writers write. The OpenAPI document lists the operations, so none is left out. */
public abstract class OpenDoorCases {
    /** Returns some writing operations that the document must list, such as {@code POST /runs}. */
    protected abstract List<String> someWriting();

    /** Returns the operations that require only reading although their method is one for writing. */
    protected Set<String> changingNothing() {
        return Set.of();
    }

    /** Returns the path of an existing resource. */
    protected abstract String resource();

    private static List<Operation> published() {
        return Operation.published(Callers.nobody());
    }

    private boolean writes(Operation operation) {
        return !operation.reads() && !changingNothing().contains(operation.toString());
    }

    private List<Operation> writing() {
        List<Operation> all = published().stream().filter(this::writes).toList();
        assertThat(all).extracting(Operation::toString).containsAll(someWriting());
        return all;
    }

    @Test
    void rejectsWritingWithoutAToken() {
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
    void rejectsWritingWithAnUnknownToken() {
        for (Operation operation : writing()) {
            operation
                    .call(RestAssured.given().auth().oauth2("an-unknown-token"))
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", containsString("invalid_token"))
                    .contentType("application/problem+json")
                    .body("detail", equalTo("the token is not valid here"));
        }
    }

    @Test
    void rejectsWritingByReaders() {
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
    void acceptsWritingByWriters() {
        for (Operation operation : writing()) {
            assertThat(operation.call(Callers.writer()).statusCode())
                    .as(operation.toString())
                    .isNotIn(401, 403);
        }
    }

    @Test
    void everyCallerReads() {
        List<Operation> reading =
                published().stream().filter(operation -> !writes(operation)).toList();
        assertThat(reading).hasSizeGreaterThan(3);
        for (Operation operation : reading) {
            assertThat(operation.call(Callers.nobody()).statusCode())
                    .as(operation.toString())
                    .isNotIn(401, 403);
        }
    }

    @Test
    void deniesMethodsThatNoOperationHas() {
        for (String method : List.of("TRACE", "PROPFIND", "PATCH")) {
            Callers.nobody().request(method, resource()).then().statusCode(401);
        }
    }

    @Test
    void healthAndMetricsAreOnlyOnTheManagementPort() {
        for (String path : List.of("/q/health", "/q/health/ready", "/q/metrics")) {
            Callers.nobody().get(path).then().statusCode(404);
            assertThat(Callers.managed(path).statusCode()).isIn(200, 503);
        }
        assertThat(Callers.managed("/q/openapi").statusCode()).isEqualTo(404);
    }

    @Test
    void metricsComeInTheFormatThatTheClientAccepts() {
        String openMetrics = "application/openmetrics-text";
        for (String accept : List.of(openMetrics, openMetrics + "; version=1.0.0; charset=utf-8")) {
            Response metrics = Callers.managed("/q/metrics", accept);
            assertThat(metrics.statusCode()).as(accept).isEqualTo(200);
            assertThat(metrics.contentType()).as(accept).startsWith(openMetrics);
            assertThat(metrics.asString().strip()).endsWith("# EOF");
        }
        for (String accept : List.of("text/plain", openMetrics + ", text/plain;q=0.5")) {
            Response metrics = Callers.managed("/q/metrics", accept);
            assertThat(metrics.statusCode()).as(accept).isEqualTo(200);
            assertThat(metrics.asString()).contains("# TYPE ");
        }
    }

    @Test
    void noPageOfAnotherOriginReads() {
        Response response =
                Callers.nobody().header("Origin", "https://page.example").get(resource());
        assertThat(response.headers().asList())
                .noneMatch(header -> header.getName().toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @Test
    void swaggerUiShowsTheDocumentAndLoadsNothingFromElsewhere() {
        Response page = Callers.nobody().get("/q/swagger-ui/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.asString())
                .contains("SwaggerUIBundle", "/q/openapi", "validatorUrl: 'none'")
                .doesNotContainPattern("(src|href|url)[=:] *[\"']https?:");
        assertThat(page.headers().getValues("Content-Security-Policy"))
                .hasSize(1)
                .allMatch(policy -> policy.contains("default-src 'none'") && policy.contains("'unsafe-inline'"));
        assertThat(Callers.nobody().get("/q/swagger-ui/swagger-ui-bundle.js").statusCode())
                .isEqualTo(200);
        assertThat(Callers.managed("/q/swagger-ui/").statusCode()).isEqualTo(404);
    }

    @Test
    void theFirstPageSaysWhatThisIs() {
        Response page = Callers.nobody().get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.contentType()).startsWith("text/html");
        assertThat(page.asString()).contains("Diet Selective-Backprop", "<title>");
    }
}
