package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Malformed requests of a writer are rejected with a message that names the fault, and no response reveals internals. The subclass lists
 * the requests in a static method {@code requests}: method, path, content type, body with single quotes, status, part of the response.
 */
public abstract class HostileRequestCases {
    protected static final String JSON = "application/json";

    /** Returns the method and path of an operation with a body, such as {@code POST /runs}. */
    protected abstract String writing();

    @ParameterizedTest
    @MethodSource("requests")
    void isRejected(String method, String path, String type, String body, int status, String detail) {
        RequestSpecification request = Callers.writer().urlEncodingEnabled(false);
        if (!method.equals("GET")) {
            request = request.contentType(type).body(body.replace('\'', '"'));
        }
        Response response = request.request(method, path);
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(status);
        assertThat(response.asString()).contains(detail);
        if (!detail.isEmpty()) {
            assertThat(response.contentType()).startsWith("application/problem+json");
        }
        revealsNoInternals(response);
    }

    /** Sends only the length, so the response comes before the body. */
    @Test
    void rejectsATooLargeBodyWithoutReadingIt() throws IOException {
        assertThat(
                        answer(
                                RestAssured.port,
                                writing()
                                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1100000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("application/problem+json", "the body has 1100000 bytes, at most 1048576 are allowed")
                .doesNotContainIgnoringCase("server:", "x-powered-by", "exception", "quarkus", "vert");
    }

    /** Returns all that the service answers until it closes the connection. */
    private static String answer(int port, String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void rejectsQueryParametersThatTheOperationDoesNotHave() {
        List<Operation> all = Operation.published(Callers.writer());
        assertThat(all).hasSizeGreaterThan(3);
        for (Operation operation : all) {
            String allowed = operation.queries().isEmpty()
                    ? "is none"
                    : "are "
                            + String.join(
                                    ", ", operation.queries().stream().sorted().toList());
            Response response = operation.call(Callers.writer(), "?fromEpoc=15");
            assertThat(response.statusCode()).as(operation.toString()).isEqualTo(400);
            assertThat(response.contentType()).startsWith("application/problem+json");
            assertThat(response.<String>path("detail"))
                    .as(operation.toString())
                    .isEqualTo("query parameter fromEpoc is unknown, allowed " + allowed);
            revealsNoInternals(response);
            for (String name : operation.queries()) {
                assertThat(operation
                                .call(Callers.writer(), "?" + name + "=1&" + name + "=2")
                                .<String>path("detail"))
                        .as(operation.toString())
                        .isEqualTo("query parameter " + name + " is given 2 times, allowed is once");
            }
        }
    }

    @Test
    void rejectsAMissingBody() throws IOException {
        List<Operation> all = Operation.published(Callers.writer()).stream()
                .filter(Operation::takesBody)
                .toList();
        assertThat(all).isNotEmpty();
        for (Operation operation : all) {
            String missing = "the body is missing, it should be [a-z{].*";
            for (String body : List.of("", " \n")) {
                Response response =
                        Callers.writer().contentType(JSON).body(body).request(operation.method(), operation.location());
                assertThat(response.statusCode()).as(operation.toString()).isEqualTo(400);
                assertThat(response.<String>path("detail"))
                        .as(operation.toString())
                        .matches(missing);
            }
            // As curl -X POST does, without a type either.
            assertThat(answer(
                            RestAssured.port,
                            operation.method() + " " + operation.location()
                                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Callers.WRITER_TOKEN
                                    + "\r\nConnection: close\r\n\r\n"))
                    .as(operation.toString())
                    .startsWith("HTTP/1.1 400 ")
                    .containsPattern(missing);
        }
    }

    /** On both ports: a page whose name was made to resolve to this machine reads neither runs nor metrics. */
    @ParameterizedTest
    @CsvSource({
        "evil.example,421",
        "evil.example:80,421",
        "localhost.evil.example,421",
        "127.0.0.1.evil.example,421",
        "1.2.3,421",
        "evillocalhost,421",
        "a b,400",
        "'',421",
        "localhost,0",
        "LocalHost.:8081,0",
        "page.localhost:1,0",
        "127.0.0.1,0",
        "10.1.2.3:8081,0",
        "[::1]:8081,0"
    })
    void answersForItsOwnHostsOnly(String host, int status) throws IOException {
        int management = ConfigProvider.getConfig().getValue("quarkus.management.test-port", Integer.class);
        for (int port : List.of(RestAssured.port, management)) {
            String answer = answer(port, "GET /q/openapi HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            if (status == 0) {
                assertThat(answer).startsWith("HTTP/1.1 " + (port == management ? 404 : 200));
            } else {
                assertThat(answer)
                        .startsWith("HTTP/1.1 " + status)
                        .contains(status == 421 ? "\"detail\":\"host is " + host + ", allowed are" : "")
                        .doesNotContain("openapi:");
            }
        }
    }

    private static void revealsNoInternals(Response response) {
        assertThat(response.asString())
                .doesNotContain(
                        "Exception",
                        "java.",
                        "org.dietsb",
                        "quarkus",
                        "Quarkus",
                        "\tat ",
                        "/tmp/",
                        "/home/",
                        "SNAPSHOT");
        assertThat(response.headers().hasHeaderWithName("Server")).isFalse();
        assertThat(response.headers().hasHeaderWithName("X-Powered-By")).isFalse();
    }
}
