package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One service's REST interface. What it refuses becomes a {@link UserError} with the service's own words. */
public final class Rest {
    public static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PROBE_PATIENCE = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE_PATIENCE)
            .build();
    private final String name;
    private final URI base;
    private final URI management;
    private final @Nullable String token;

    /**
     * Asks for nothing yet.
     *
     * @param management port of its health
     * @param token shown with every request; null = none
     */
    public Rest(String name, int port, int management, @Nullable String token) {
        this.name = name;
        this.base = URI.create("http://127.0.0.1:" + port);
        this.management = URI.create("http://127.0.0.1:" + management);
        this.token = token;
    }

    /** A body with the revision it stands for, if any. */
    public record Reply(int status, JsonNode body, String etag) {}

    /** Nothing answers there, now. */
    static final class Unreachable extends UserError {
        private static final long serialVersionUID = 1L;

        Unreachable(String message) {
            super(message);
        }
    }

    public String name() {
        return name;
    }

    public URI base() {
        return base;
    }

    /** Where its health and metrics are. */
    public URI management() {
        return management;
    }

    /** What is there now. */
    Presence presence() {
        try {
            HttpResponse<byte[]> card = exchange(HttpRequest.newBuilder(base.resolve("/q/openapi?format=json"))
                    .timeout(PROBE_PATIENCE));
            if (card.statusCode() == 401) {
                return new Presence.NotReady(locked());
            }
            if (!JSON.readTree(card.body()).path("info").path("title").asText().equalsIgnoreCase(name)) {
                return new Presence.Stranger();
            }
        } catch (ConnectException nobody) {
            return new Presence.Nothing();
        } catch (IOException strange) {
            return new Presence.Stranger();
        }
        try {
            HttpResponse<byte[]> health = send(HttpRequest.newBuilder(management.resolve("/q/health/ready"))
                    .timeout(PROBE_PATIENCE));
            return health.statusCode() == 200 ? new Presence.Ready() : new Presence.NotReady(complaint(health.body()));
        } catch (IOException failed) {
            return new Presence.NotReady("says nothing of its health at " + management);
        }
    }

    /** What is there, in words. */
    public String words(Presence presence) {
        String where = name + " at " + base;
        if (presence instanceof Presence.NotReady notReady) {
            return where + " is not ready (" + notReady.why() + ")";
        }
        if (presence instanceof Presence.Stranger) {
            return "what answers at " + base + " is no " + name;
        }
        return where + (presence instanceof Presence.Ready ? " is ready" : " is not there");
    }

    /** The checks of a health report that are down, with what they say. */
    private static String complaint(byte[] report) throws IOException {
        StringBuilder why = new StringBuilder();
        for (JsonNode check : JSON.readTree(report).path("checks")) {
            if (check.path("status").asText().equals("DOWN")) {
                why.append(why.isEmpty() ? "" : "; ").append(check.path("name").asText());
                check.path("data").properties().forEach(said -> why.append(", ")
                        .append(said.getKey())
                        .append(' ')
                        .append(said.getValue().asText()));
            }
        }
        return why.toString();
    }

    public JsonNode get(String path) {
        return send("GET", path, null, null).body();
    }

    public Reply read(String path) {
        return send("GET", path, null, null);
    }

    public Reply post(String path, JsonNode body) {
        return send("POST", path, body, null);
    }

    /** Without a body, if what it changes still has that revision. */
    public JsonNode post(String path, String etag) {
        return send("POST", path, null, etag).body();
    }

    public JsonNode put(String path, JsonNode body, String etag) {
        return send("PUT", path, body, etag).body();
    }

    public void delete(String path) {
        var unused = send("DELETE", path, null, null);
    }

    public byte[] bytes(String path) {
        return bytes(base.resolve(path));
    }

    /** From the port of its health and metrics. */
    public byte[] managed(String path) {
        return bytes(management.resolve(path));
    }

    private byte[] bytes(URI address) {
        try {
            HttpResponse<byte[]> response =
                    exchange(HttpRequest.newBuilder(address).timeout(PATIENCE));
            if (response.statusCode() != 200) {
                throw new UserError(words(response));
            }
            return response.body();
        } catch (IOException failed) {
            throw unreachable(failed);
        }
    }

    private Reply send(String method, String path, @Nullable JsonNode body, @Nullable String etag) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                    .timeout(PATIENCE)
                    .header("Accept", "application/json")
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            if (etag != null && !etag.isEmpty()) {
                request.header("If-Match", etag);
            }
            HttpResponse<byte[]> response = exchange(request);
            if (response.statusCode() >= 400) {
                throw new UserError(words(response));
            }
            JsonNode answer = response.body().length == 0 ? JSON.nullNode() : JSON.readTree(response.body());
            return new Reply(
                    response.statusCode(),
                    answer,
                    response.headers().firstValue("ETag").orElse(""));
        } catch (IOException failed) {
            throw unreachable(failed);
        }
    }

    /** With the token. */
    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) throws IOException {
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    private static String locked() {
        return "it wants another token: name that of the system with DIETSB_TOKEN or --token";
    }

    /** The detail of a problem, or what else there is. */
    private String words(HttpResponse<byte[]> response) {
        if (response.statusCode() == 401) {
            return "the " + name + " at " + base + " does not let this command in: " + locked();
        }
        String otherwise = "the " + name + " answers " + response.statusCode() + " to "
                + response.request().method() + " " + response.uri();
        try {
            String detail = JSON.readTree(new String(response.body(), StandardCharsets.UTF_8))
                    .path("detail")
                    .asText("");
            return detail.isBlank() ? otherwise : detail;
        } catch (JsonProcessingException noProblemDetails) {
            return otherwise;
        }
    }

    private UserError unreachable(IOException why) {
        if (why instanceof ConnectException) {
            return new Unreachable("nothing answers at " + base + ", where the " + name
                    + " should be: start the system with dietsb up");
        }
        if (why instanceof JsonProcessingException) {
            return new UserError("what answers at " + base + " is no " + name);
        }
        return new Unreachable("the " + name + " at " + base + " does not answer: "
                + (why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage()));
    }
}
