package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Client of a trainer's REST interface. Forwards the credentials of the page's viewer. */
@ApplicationScoped
class Trainer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_OF_A_PROBLEM = 65_536;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpServerRequest incoming;
    private final URI address;

    Trainer(HttpServerRequest incoming, PageConfig config) {
        this.incoming = incoming;
        this.address = config.trainerUrl();
    }

    /** A response of the trainer. */
    record Answer(int status, byte[] body) {
        /** Returns the body; an empty object if the body is not JSON. */
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException noJson) {
                return JSON.createObjectNode();
            }
        }

        /** Returns the problem that the body describes, or else the given text. */
        String problem(String otherwise) {
            String detail = json().path("detail").asText("");
            return detail.isEmpty() ? otherwise : detail;
        }

        /** Returns why fields are refused, by their places in the body; empty if the problem names none. */
        Map<String, String> violations() {
            Map<String, String> byField = new LinkedHashMap<>();
            json().path("violations")
                    .forEach(one -> byField.put(
                            one.path("field").asText(), one.path("message").asText()));
            return byField;
        }
    }

    /**
     * Sends a GET request.
     *
     * @param path encoded path and query
     * @throws IOException if the trainer is unreachable
     */
    Answer get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    /**
     * Sends an order.
     *
     * @throws IOException if the trainer is unreachable
     */
    Answer order(JsonNode order) throws IOException, InterruptedException {
        return send(request("/runs")
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .POST(HttpRequest.BodyPublishers.ofString(order.toString())));
    }

    /**
     * Cancels a run, and its proxy with it.
     *
     * @throws IOException if the trainer is unreachable
     */
    Answer cancel(String runId) throws IOException, InterruptedException {
        return send(request("/runs/" + encoded(runId)).DELETE());
    }

    /**
     * Resumes a run, and its proxy with it.
     *
     * @throws IOException if the trainer is unreachable
     */
    Answer resume(String runId) throws IOException, InterruptedException {
        return send(request("/runs/" + encoded(runId) + "/resume").POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** A response whose content is read as it comes. */
    sealed interface Streamed {
        /** The content, to be closed by the reader. */
        record Content(InputStream body) implements Streamed {}

        /** A response with another status than 200. */
        record Refused(Answer answer) implements Streamed {}
    }

    /**
     * Sends a GET request whose response may be large.
     *
     * @param path encoded path and query
     * @throws IOException if the trainer is unreachable
     */
    Streamed stream(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() == Response.Status.OK.getStatusCode()) {
            return new Streamed.Content(answer.body());
        }
        try (InputStream body = answer.body()) {
            return new Streamed.Refused(new Answer(answer.statusCode(), body.readNBytes(MOST_OF_A_PROBLEM)));
        }
    }

    /** The address of the trainer, as this service reaches it. */
    URI address() {
        return address;
    }

    /** Returns the names listed at the given path; empty if the trainer is unreachable. */
    List<String> names(String path) throws InterruptedException {
        try {
            return get(path).json().findValuesAsText("name");
        } catch (IOException away) {
            return List.of();
        }
    }

    /** Returns the names of the classes of a dataset; empty if the trainer is unreachable or does not have it. */
    List<String> classes(String dataset) throws InterruptedException {
        try {
            List<String> names = new ArrayList<>();
            Answer answer = get("/datasets/" + encoded(dataset) + "/classes");
            if (answer.status() == Response.Status.OK.getStatusCode()) {
                answer.json().forEach(name -> names.add(name.asText()));
            }
            return names;
        } catch (IOException away) {
            return List.of();
        }
    }

    private HttpRequest.Builder request(String path) {
        return request(incoming, address.resolve(path));
    }

    /** Returns a request with the credentials of the page's viewer. */
    static HttpRequest.Builder request(HttpServerRequest incoming, URI address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(PATIENCE);
        // Also of a session: the door has set it when it accepted the session's token.
        String authorization = incoming.getHeader(HttpHeaders.AUTHORIZATION);
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
