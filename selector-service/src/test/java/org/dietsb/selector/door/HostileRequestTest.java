package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a writer may send and should not: each is refused by name, and no answer tells what is inside. */
@QuarkusTest
@QuarkusTestResource(TestBroker.class)
class HostileRequestTest {
    private static final String JSON = "application/json";

    static Stream<Arguments> requests() {
        return Stream.of(
                arguments("GET", "/nothing/here", JSON, "", 404, ""),
                arguments("GET", "/runs/../../etc/passwd/policy", JSON, "", 404, ""),
                arguments("GET", "/runs/%2e%2e%2fx/policy", JSON, "", 404, "which no run has"),
                arguments("GET", "/runs/nobodys/policy", JSON, "", 404, "id is nobodys, which no run has"),
                arguments("DELETE", "/policies", JSON, "", 405, ""),
                arguments("PUT", "/policies/default", "text/plain", "baseline", 415, ""),
                arguments("PUT", "/policies/default", JSON, "", 400, "the body is missing, it should be a policy"),
                arguments("PUT", "/policies/default", JSON, "{'kind':", 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "[]", 400, "the body is not a JSON object"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'baseline'} {}", 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "[".repeat(5_000), 400, "the body is not JSON"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'what'}", 400, "kind is what, allowed is one of"),
                arguments(
                        "PUT",
                        "/policies/default",
                        JSON,
                        "{'kind':'random','keep':'1'}",
                        400,
                        "keep is 1, allowed is a number"),
                arguments("PUT", "/policies/default", JSON, "{'kind':1}", 400, "kind is 1, allowed is a string"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'random','interrupt':1.5}", 400, "an integer"),
                arguments("PUT", "/policies/default", JSON, "{'kind':'random','kep':1}", 400, "kep is no key"),
                arguments("PUT", "/policies/default?who=a%0Ab", JSON, "{'kind':'baseline'}", 400, "who is no name"),
                arguments(
                        "POST",
                        "/policies/dry-run",
                        JSON,
                        "{'losses':['x']}",
                        400,
                        "losses.0 is x, allowed is a number"),
                arguments("POST", "/policies/dry-run", JSON, "{'losses':1}", 400, "a list of numbers"),
                arguments("POST", "/policies/dry-run", JSON, "{'seed':1e99}", 400, "an integer"),
                arguments("POST", "/policies/dry-run", JSON, "{'policy':[]}", 400, "a policy, as a JSON object"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void isRefused(String method, String path, String type, String body, int status, String detail) {
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
        tellsNothingOfTheInside(response);
    }

    /** Its length alone is sent: who answers has not read it. */
    @Test
    void aBodyThatIsTooLargeIsNotRead() throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "PUT /policies/default HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1100000\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 413 ")
                    .contains("application/problem+json", "the body has 1100000 bytes, allowed are at most 1048576")
                    .doesNotContainIgnoringCase("server:", "x-powered-by", "exception", "quarkus", "vert");
        }
    }

    private static void tellsNothingOfTheInside(Response response) {
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
