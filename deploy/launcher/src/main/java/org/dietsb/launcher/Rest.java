package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One service's REST interface. What it refuses becomes a {@link UserError} with the service's own words. */
final class Rest {
    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String name;
    private final URI base;

    Rest(String name, int port) {
        this.name = name;
        this.base = URI.create("http://127.0.0.1:" + port);
    }

    /** A body with the revision it stands for, if any. */
    record Reply(JsonNode body, String etag) {}

    boolean isReady() {
        try {
            return client.send(
                                    HttpRequest.newBuilder(base.resolve("/q/health/ready"))
                                            .timeout(Duration.ofSeconds(5))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    JsonNode get(String path) {
        return send("GET", path, null, null).body();
    }

    Reply read(String path) {
        return send("GET", path, null, null);
    }

    JsonNode post(String path, JsonNode body) {
        return send("POST", path, body, null).body();
    }

    JsonNode put(String path, JsonNode body, String etag) {
        return send("PUT", path, body, etag).body();
    }

    void delete(String path) {
        var unused = send("DELETE", path, null, null);
    }

    byte[] bytes(String path) {
        try {
            HttpResponse<byte[]> response = client.send(
                    HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new UserError("the " + name + " has no " + path);
            }
            return response.body();
        } catch (IOException failed) {
            throw new UserError("the " + name + " does not answer: " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    private Reply send(String method, String path, @Nullable JsonNode body, @Nullable String etag) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Accept", "application/json")
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            if (etag != null) {
                request.header("If-Match", etag);
            }
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode answer = response.body().isBlank() ? JSON.nullNode() : JSON.readTree(response.body());
            if (response.statusCode() >= 400) {
                throw new UserError(answer.path("detail").asText(name + " answers " + response.statusCode()));
            }
            return new Reply(answer, response.headers().firstValue("ETag").orElse(""));
        } catch (ConnectException notThere) {
            throw new UserError("nothing answers at " + base + ": start the system with dietsb up");
        } catch (IOException failed) {
            throw new UserError("the " + name + " at " + base + " does not answer: " + failed.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }
}
