package org.dietsb.launcher.machine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Talks to a service; whatever is not a success is a {@link Failure} in the words of the service. */
public final class Rest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final int port;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    Rest(String name, int port) {
        this.name = name;
        this.port = port;
    }

    /** What a service said. */
    public record Answer(int status, JsonNode body, String tag) {}

    public String address() {
        return "http://localhost:" + port;
    }

    public JsonNode get(String path) {
        return send("GET", path, null, Map.of()).body();
    }

    public Answer getTagged(String path) {
        return send("GET", path, null, Map.of());
    }

    public Answer post(String path, JsonNode body) {
        return send("POST", path, body, Map.of());
    }

    public Answer put(String path, JsonNode body, String ifMatch) {
        return send("PUT", path, body, Map.of("If-Match", ifMatch));
    }

    public void delete(String path) {
        send("DELETE", path, null, Map.of());
    }

    /** Raw bytes, for files. */
    public byte[] bytes(String path) {
        HttpResponse<byte[]> response = exchange(request("GET", path, null, Map.of(), Duration.ofMinutes(2)));
        if (response.statusCode() >= 400) {
            throw refused(response);
        }
        return response.body();
    }

    private Answer send(
            String method, String path, @Nullable JsonNode body, Map<String, String> headers) {
        HttpResponse<byte[]> response = exchange(request(method, path, body, headers, Duration.ofSeconds(60)));
        if (response.statusCode() >= 400) {
            throw refused(response);
        }
        try {
            return new Answer(
                    response.statusCode(),
                    JSON.readTree(response.body()),
                    response.headers().firstValue("ETag").orElse("*"));
        } catch (IOException notJson) {
            throw new Failure("the " + name + " at " + address() + path + " answered with something else than JSON", notJson);
        }
    }

    private HttpRequest request(
            String method,
            String path,
            @Nullable JsonNode body,
            Map<String, String> headers,
            Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(timeout)
                .header("Accept", "application/json, application/octet-stream;q=0.9")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(text(body)));
        headers.forEach(request::header);
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    private static String text(JsonNode body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofByteArray());
        } catch (IOException unreachable) {
            throw new Failure(
                    "no " + name + " answers at " + address() + ": start one with deploy/dietsb up", unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", interrupted);
        }
    }

    private Failure refused(HttpResponse<byte[]> response) {
        String why = "";
        try {
            JsonNode problem = JSON.readTree(response.body());
            why = problem.path("detail").asText(problem.path("title").asText(""));
        } catch (IOException notJson) {
            // The status alone has to do.
        }
        return new Failure(
                why.isBlank()
                        ? "the " + name + " answered " + response.statusCode() + " to "
                                + response.request().uri()
                        : why.lines().findFirst().orElse(why));
    }
}
