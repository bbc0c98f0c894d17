package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** The REST interface of a service. A rejected request becomes a {@link UserError} with the service's own message. */
public final class Rest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final String OTHER_TOKEN =
            "it expects another token: pass that of the system with DIETSB_TOKEN or --token";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PROBE_TIMEOUT)
            .build();
    private final String name;
    private final Place place;
    private final @Nullable String token;
    private @Nullable Keeper keeper;

    /**
     * Creates a client; sends nothing yet.
     *
     * @param token bearer token of every request; null = none
     */
    Rest(String name, Place place, @Nullable String token) {
        this.name = name;
        this.place = place;
        this.token = token;
    }

    void keptBy(Keeper another) {
        keeper = another;
    }

    /** A response, with the revision of its body and the path of the next page, each empty if there is none. */
    public record Reply(int status, JsonNode body, String etag, String next) {}

    /** The service does not answer. */
    public static final class Unreachable extends UserError {
        private static final long serialVersionUID = 1L;

        Unreachable(String message) {
            super(message);
        }
    }

    String name() {
        return name;
    }

    public URI base() {
        return place.base();
    }

    /** Returns the address of health and metrics. */
    public URI management() {
        return place.management();
    }

    /** Encodes a segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Probes what listens there now. */
    Presence presence() {
        try {
            HttpResponse<byte[]> card = exchange(probe(place.base().resolve("/q/openapi?format=json")));
            if (card.statusCode() == 401) {
                return new Presence.NotReady(OTHER_TOKEN);
            }
            if (!Json.MAPPER.readTree(card.body()).at("/info/title").asText().equalsIgnoreCase(name)) {
                return new Presence.Stranger();
            }
        } catch (ConnectException nobody) {
            return new Presence.Nothing();
        } catch (IOException strange) {
            return new Presence.Stranger();
        }
        try {
            HttpResponse<byte[]> health = send(probe(place.management().resolve("/q/health/ready")));
            return health.statusCode() == 200
                    ? new Presence.Ready()
                    : new Presence.NotReady(Complaint.ofHealth(health.body()));
        } catch (IOException failed) {
            return new Presence.NotReady("does not report its health at " + place.management());
        }
    }

    private static HttpRequest.Builder probe(URI address) {
        return HttpRequest.newBuilder(address).timeout(PROBE_TIMEOUT);
    }

    /** Describes what listens there. */
    String words(Presence presence) {
        return presence.words(name, place.words());
    }

    /** Returns the failed checks of the liveness report; empty if there are none, or no report. */
    Optional<String> deadPart() {
        try {
            HttpResponse<byte[]> health = send(probe(place.management().resolve("/q/health/live")));
            return health.statusCode() == 503 ? Optional.of(Complaint.ofHealth(health.body())) : Optional.empty();
        } catch (IOException busyOrGone) {
            return Optional.empty();
        }
    }

    /** Reads a resource; empty if it does not exist. */
    public Optional<JsonNode> find(String path) {
        try {
            return Optional.of(get(path));
        } catch (Missing none) {
            return Optional.empty();
        }
    }

    public JsonNode get(String path) {
        return send("GET", path, null, "").body();
    }

    /** Reads a resource with its revision. */
    public Reply read(String path) {
        return send("GET", path, null, "");
    }

    public Reply post(String path, JsonNode body) {
        return send("POST", path, body, "");
    }

    /** Sends a POST request without a body, on the condition that the resource still has this revision. */
    public JsonNode post(String path, String etag) {
        return send("POST", path, null, etag).body();
    }

    /**
     * Replaces a resource.
     *
     * @param etag revision that the resource must still have; empty = any
     */
    public JsonNode put(String path, JsonNode body, String etag) {
        return send("PUT", path, body, etag).body();
    }

    /**
     * Sends a POST request whose response is one line of JSON after another, for as long as it takes.
     *
     * @param each receives the lines as they come
     */
    public void lines(String path, JsonNode body, Consumer<JsonNode> each) {
        HttpRequest.Builder request = HttpRequest.newBuilder(place.base().resolve(path))
                .header("Content-Type", "application/json")
                .timeout(TIMEOUT)
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)));
        try (InputStream lines = opened(request)) {
            MappingIterator<JsonNode> all =
                    Json.MAPPER.readerFor(JsonNode.class).readValues(lines);
            while (all.hasNextValue()) {
                each.accept(all.nextValue());
            }
        } catch (IOException broken) {
            throw new Unreachable(
                    "the " + name + " at " + place.words() + " has stopped answering: " + broken.getMessage());
        }
    }

    private InputStream opened(HttpRequest.Builder request) throws IOException {
        HttpResponse<InputStream> response = send(authorized(request), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (InputStream problem = response.body()) {
            throw new UserError(error(response, problem.readAllBytes()));
        }
    }

    public JsonNode delete(String path) {
        return send("DELETE", path, null, "").body();
    }

    public byte[] bytes(String path) {
        return accepted(HttpRequest.newBuilder(place.base().resolve(path))).body();
    }

    /** Reads from the port of health and metrics. */
    public byte[] managed(String path) {
        return accepted(HttpRequest.newBuilder(place.management().resolve(path)))
                .body();
    }

    private Reply send(String method, String path, @Nullable JsonNode body, String etag) {
        HttpRequest.Builder request = HttpRequest.newBuilder(place.base().resolve(path))
                .header("Accept", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(Json.bytes(body)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (!etag.isEmpty()) {
            request.header("If-Match", etag);
        }
        HttpResponse<byte[]> response = accepted(request);
        try {
            return new Reply(
                    response.statusCode(),
                    response.body().length == 0 ? Json.MAPPER.nullNode() : Json.MAPPER.readTree(response.body()),
                    response.headers().firstValue("ETag").orElse(""),
                    NextPage.of(response.headers()));
        } catch (IOException notJson) {
            throw new UserError(words(new Presence.Stranger()));
        }
    }

    /** Sends a request with the token, and returns its response if the service accepts it. */
    private HttpResponse<byte[]> accepted(HttpRequest.Builder request) {
        for (int failures = 1; ; failures++) {
            if (keeper != null) {
                keeper.awaitReady(name);
            }
            try {
                HttpResponse<byte[]> response = exchange(request.timeout(TIMEOUT));
                if (response.statusCode() == 404) {
                    throw new Missing(error(response, response.body()));
                }
                if (response.statusCode() >= 300) {
                    throw new UserError(error(response, response.body()));
                }
                return response;
            } catch (ConnectException nobody) {
                if (!mayComeBack(failures)) {
                    throw new Unreachable("nothing answers at " + place.words() + ", where the " + name + " should be: "
                            + place.remedy());
                }
            } catch (IOException failed) {
                // A request that changes something may have had its effect.
                if (!request.build().method().equals("GET") || !mayComeBack(failures)) {
                    throw new Unreachable("the " + name + " at " + place.words() + " does not answer: "
                            + Objects.requireNonNullElse(
                                    failed.getMessage(), failed.getClass().getSimpleName()));
                }
            }
        }
    }

    private boolean mayComeBack(int failures) {
        return keeper != null && keeper.mayComeBack(failures);
    }

    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) throws IOException {
        return send(authorized(request));
    }

    private HttpRequest.Builder authorized(HttpRequest.Builder request) {
        return token == null ? request : request.setHeader("Authorization", "Bearer " + token);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
        return send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) throws IOException {
        try {
            return client.send(request.build(), body);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    /** Returns the detail of a problem, or the status if there is no detail. */
    private String error(HttpResponse<?> response, byte[] problem) {
        String where = "the " + name + " at " + place.words();
        return response.statusCode() == 401
                ? where + " rejects this command: " + OTHER_TOKEN
                : Complaint.ofProblem(problem)
                        .orElseGet(() -> "the " + name + " answers " + response.statusCode() + " to "
                                + response.request().method() + " " + response.uri());
    }
}
