package org.dietsb.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.dietsb.broker.LocalBroker;

/**
 * A service that runs from its image as in the chart: read-only root, no capabilities, no new privileges, a memory limit, and
 * only /tmp and the home writable. It shares the machine's network, and listens on free ports.
 */
final class Container implements AutoCloseable {
    static final String TOKEN = "token-of-the-images-test";

    private static final int PATIENCE_SECONDS = 120;
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Podman podman = new Podman();
    private final String name;
    private final int port;
    private final int management;

    private Container(String name, int port, int management) {
        this.name = name;
        this.port = port;
        this.management = management;
    }

    /**
     * Starts it without waiting.
     *
     * @param memory its limit, such as 1g
     */
    static Container start(String service, String memory, String bootstrapServers) throws IOException {
        Container container = new Container(
                "dietsb-images-test-" + service + "-" + ProcessHandle.current().pid(),
                LocalBroker.freePort(),
                LocalBroker.freePort());
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--name", container.name));
        command.addAll(List.of("--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp", "--cap-drop", "all"));
        command.addAll(List.of("--security-opt", "no-new-privileges", "--network", "host", "--memory", memory));
        command.addAll(List.of("--volume", container.name + ":/var/lib/dietsb"));
        command.addAll(
                List.of("--env", "KAFKA_BOOTSTRAP_SERVERS=" + bootstrapServers, "--env", "DIETSB_TOKEN=" + TOKEN));
        command.addAll(List.of("--env", "QUARKUS_HTTP_PORT=" + container.port));
        command.addAll(List.of("--env", "QUARKUS_MANAGEMENT_PORT=" + container.management));
        command.add(Images.image(service).name());
        container.podman.run(command.toArray(String[]::new));
        return container;
    }

    /** Returns an existing container, such as that of a pod. */
    static Container of(String name, int port, int management) {
        return new Container(name, port, management);
    }

    /** Waits until it is ready. */
    Container awaitReady() {
        await("ready", () -> ask(management, "GET", "/q/health/ready", ""), answer -> answer.statusCode() == 200);
        return this;
    }

    /** Posts to its REST interface. */
    JsonNode post(String path, String body) {
        HttpResponse<String> answer = ask(port, "POST", path, body);
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException(path + ": " + answer.body());
        }
        return json(answer.body());
    }

    /** Waits until its answer is as expected. */
    JsonNode await(String path, Predicate<JsonNode> wanted) {
        return json(await(
                        path,
                        () -> ask(port, "GET", path, ""),
                        answer -> answer.statusCode() == 200 && wanted.test(json(answer.body())))
                .body());
    }

    /** Returns the status of a path of health and metrics, which need no token. */
    int managed(String path) {
        return ask(management, "GET", path, "").statusCode();
    }

    /** Returns the status of a REST request without a token. */
    int toNobody(String path) {
        HttpRequest request = HttpRequest.newBuilder(address(port, path)).build();
        return send(request).statusCode();
    }

    /** Inspects it with podman, by a Go template. */
    String inspect(String template) {
        return podman.run("inspect", "--format", template, name);
    }

    /** Returns its metrics in the format of Prometheus. */
    String metrics() {
        return ask(management, "GET", "/q/metrics", "").body();
    }

    /** Returns its log. */
    String log() {
        return podman.run("logs", name);
    }

    /** Returns a file of its process in /proc. */
    String process(String file) throws IOException {
        return Files.readString(Path.of("/proc", inspect("{{.State.Pid}}"), file));
    }

    /** Stops it like a cluster does, and removes it and its volume. */
    @Override
    public void close() {
        podman.run("rm", "--force", "--time", "20", name);
        podman.run("volume", "rm", "--force", name);
    }

    private HttpResponse<String> await(
            String what, Supplier<HttpResponse<String>> asked, Predicate<HttpResponse<String>> wanted) {
        long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        Object last = "nothing";
        while (System.nanoTime() < end && !Thread.currentThread().isInterrupted()) {
            try {
                HttpResponse<String> answer = asked.get();
                if (wanted.test(answer)) {
                    return answer;
                }
                last = answer.body();
            } catch (UncheckedIOException notYet) {
                last = notYet;
            }
            pause();
        }
        throw new IllegalStateException(name + ": " + what + " did not come; last answer: " + last + "\n" + log());
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpResponse<String> ask(int port, String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(address(port, path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        return send(request);
    }

    private static URI address(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(stopped));
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
