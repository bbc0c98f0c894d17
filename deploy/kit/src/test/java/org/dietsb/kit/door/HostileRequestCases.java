package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((writing()
                                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1100000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 413 ")
                    .contains("application/problem+json", "the body has 1100000 bytes, at most 1048576 are allowed")
                    .doesNotContainIgnoringCase("server:", "x-powered-by", "exception", "quarkus", "vert");
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
