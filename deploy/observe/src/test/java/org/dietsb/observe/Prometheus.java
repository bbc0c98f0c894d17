package org.dietsb.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A real Prometheus as a child process, which ends with this one. */
final class Prometheus implements AutoCloseable {
    /** Stops Prometheus when standard input ends, as it does when this process ends. */
    private static final String GUARDED = "\"$@\" </dev/null & p=$!; read end; kill $p; wait $p";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final URI base;

    private Prometheus(Process process, int port) {
        this.process = process;
        this.base = URI.create("http://127.0.0.1:" + port);
    }

    /**
     * The finite points of a series.
     *
     * @param points seconds since 1970, value
     */
    record Series(Map<String, String> labels, List<double[]> points) {
        double last() {
            return points.get(points.size() - 1)[1];
        }

        /** Returns its name in a legend, such as {@code {{run}}}. */
        String name(String legend) {
            if (legend.isEmpty() || legend.equals("__auto")) {
                return labels.toString();
            }
            String name = legend;
            for (Map.Entry<String, String> label : labels.entrySet()) {
                name = name.replace("{{" + label.getKey() + "}}", label.getValue());
            }
            return name;
        }
    }

    /** Returns whether a program of this name is on the path. */
    static Optional<Path> onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path file = Path.of(folder, program);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Starts it, and waits until it answers. */
    static Prometheus start(Path config, Path folder, int port) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        GUARDED,
                        "prometheus",
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, port);
        long begun = System.nanoTime();
        while (!prometheus.isReady()) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(60)) {
                prometheus.close();
                throw new IllegalStateException(
                        "Prometheus is not ready: " + Files.readString(folder.resolve("prometheus.log")));
            }
            Thread.sleep(100);
        }
        return prometheus;
    }

    private boolean isReady() throws InterruptedException {
        try {
            return CLIENT.send(
                                    HttpRequest.newBuilder(base.resolve("/-/ready"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Queries a range, in steps; series without a finite point are left out. */
    List<Series> range(String expr, Instant from, Instant to, Duration step) {
        return series(get(
                "query_range",
                Map.of(
                        "query",
                        expr,
                        "start",
                        String.valueOf(from.toEpochMilli() / 1e3),
                        "end",
                        String.valueOf(to.toEpochMilli() / 1e3),
                        "step",
                        String.valueOf(step.toMillis() / 1e3))));
    }

    /** Queries a moment. */
    List<Series> at(String expr, Instant moment) {
        return series(get("query", Map.of("query", expr, "time", String.valueOf(moment.toEpochMilli() / 1e3))));
    }

    /** Returns the values of a label, of the matching series or of all. */
    List<String> values(String label, Optional<String> match) {
        Map<String, String> parameters =
                match.map(one -> Map.of("match[]", one)).orElse(Map.of());
        List<String> values = new ArrayList<>();
        get("label/" + label + "/values", parameters).forEach(value -> values.add(value.asText()));
        return values;
    }

    /** Returns the error of each target's last scrape, by its job; empty if it succeeded. */
    Map<String, String> targets() {
        Map<String, String> errors = new TreeMap<>();
        for (JsonNode target : get("targets", Map.of()).path("activeTargets")) {
            boolean up = target.path("health").asText().equals("up");
            errors.put(
                    target.at("/labels/job").asText(),
                    up
                            ? ""
                            : target.path("health").asText() + " "
                                    + target.path("lastError").asText());
        }
        return errors;
    }

    /** Returns the alerts that are firing. */
    List<String> firing() {
        List<String> firing = new ArrayList<>();
        for (JsonNode alert : get("alerts", Map.of()).path("alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                firing.add(alert.path("labels").toString());
            }
        }
        return firing;
    }

    private static List<Series> series(JsonNode data) {
        List<Series> all = new ArrayList<>();
        for (JsonNode one : data.path("result")) {
            Map<String, String> labels = new TreeMap<>();
            one.path("metric")
                    .fields()
                    .forEachRemaining(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            List<double[]> points = new ArrayList<>();
            for (JsonNode point : one.has("values")
                    ? one.path("values")
                    : JSON.createArrayNode().add(one.get("value"))) {
                double value = value(point.path(1).asText());
                if (Double.isFinite(value)) {
                    points.add(new double[] {point.path(0).asDouble(), value});
                }
            }
            if (!points.isEmpty()) {
                all.add(new Series(labels, points));
            }
        }
        return all;
    }

    private static double value(String text) {
        return text.endsWith("Inf") || text.equals("NaN") ? Double.NaN : Double.parseDouble(text);
    }

    private JsonNode get(String path, Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> query.append(query.isEmpty() ? '?' : '&')
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
        try {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(base.resolve("/api/v1/" + path + query))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode body = JSON.readTree(answer.body());
            if (answer.statusCode() != 200) {
                throw new IllegalArgumentException(body.path("error").asText() + ": " + parameters);
            }
            return body.path("data");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
