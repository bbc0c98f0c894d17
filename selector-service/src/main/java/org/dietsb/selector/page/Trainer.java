package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.dietsb.selector.door.SignIn;

/** A trainer's REST interface, for whoever looks at a page: he is known there as here. */
@ApplicationScoped
class Trainer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpServerRequest asked;
    private final URI address;

    Trainer(HttpServerRequest asked, PageConfig config) {
        this.asked = asked;
        this.address = config.trainerUrl();
    }

    /** What it said. */
    record Answer(int status, byte[] body) {
        /** The body; an empty object if it is no JSON. */
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException noJson) {
                return JSON.createObjectNode();
            }
        }
    }

    /**
     * Its answer to GET.
     *
     * @param path and query, encoded
     * @throws IOException if it is not there
     */
    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    /**
     * Its answer to an order.
     *
     * @throws IOException if it is not there
     */
    Answer order(JsonNode order) throws IOException, InterruptedException {
        return send(request("/runs")
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .POST(HttpRequest.BodyPublishers.ofString(order.toString())));
    }

    /** The names of what it lists there; none if it does not say. */
    List<String> names(String path) throws InterruptedException {
        try {
            return get(path).json().findValuesAsText("name");
        } catch (IOException away) {
            return List.of();
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE);
        String authorization = SignIn.authorization(asked);
        if (authorization != null) {
            request.header(HttpHeaders.AUTHORIZATION, authorization);
        }
        return request;
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(answer.statusCode(), answer.body());
    }

    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8);
    }
}
