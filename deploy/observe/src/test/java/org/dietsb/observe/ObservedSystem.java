package org.dietsb.observe;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;

/**
 * A broker and the three services as built, with a separate trainer for proxies, a GPU exporter with constant metrics, and a
 * Prometheus that scrapes them every second, on free ports and in a temporary folder. Closing it removes everything.
 */
final class ObservedSystem implements AutoCloseable {
    /** A trainer that takes only proxies; the other takes none. */
    private static final String PROXIES = "proxies";

    private static final String TOKEN = UUID.randomUUID().toString();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final LocalBroker broker;
    private final Map<String, ServiceProcess> services = new LinkedHashMap<>();
    private final HttpServer gpu;
    private final Prometheus prometheus;

    private final Map<String, URI> addresses = new LinkedHashMap<>();

    private ObservedSystem() throws IOException, InterruptedException {
        folder = Files.createTempDirectory("dietsb-observe");
        broker = LocalBroker.start();
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String name : List.of("trainer", PROXIES, "selector", "scorer")) {
            String service = name.equals(PROXIES) ? "trainer" : name;
            List<String> options = new ArrayList<>(LocalBroker.FRUGAL);
            options.addAll(List.of(
                    "-Xmx" + (service.equals("trainer") ? 768 : 256) + "m",
                    "-Ddietsb.trainer.threads=1",
                    "-Ddietsb.trainer.takes=" + (name.equals(PROXIES) ? "proxies" : "runs"),
                    "-Ddietsb.trainer.home=" + folder.resolve("home")));
            Launch launch = Launch.service(service, LocalBroker.freePort(), options, broker.bootstrapServers())
                    .with(TOKEN)
                    .as(name);
            services.put(name, ServiceProcess.start(launch, folder));
            ports.put(name, launch.management());
            addresses.put(name, URI.create("http://127.0.0.1:" + launch.port()));
        }
        gpu = gpuExporter();
        ports.put("gpu", gpu.getAddress().getPort());
        await().atMost(PATIENCE).until(() -> services.values().stream().allMatch(ServiceProcess::isReady));
        prometheus = Prometheus.start(config(ports), folder, LocalBroker.freePort());
        await().atMost(PATIENCE)
                .until(() -> prometheus.targets().size() == 5
                        && prometheus.targets().values().stream().allMatch(String::isEmpty));
    }

    /** Starts it, and waits until it is ready and scraped. */
    static ObservedSystem start() throws IOException, InterruptedException {
        return new ObservedSystem();
    }

    private static HttpServer gpuExporter() throws IOException {
        byte[] recorded;
        try (InputStream fixture = ObservedSystem.class.getResourceAsStream("/dcgm.prom")) {
            recorded = Objects.requireNonNull(fixture).readAllBytes();
        }
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/metrics", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, recorded.length);
            exchange.getResponseBody().write(recorded);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Writes the configuration, with the labels that targets have on a cluster. */
    private Path config(Map<String, Integer> ports) throws IOException {
        StringBuilder config = new StringBuilder("global: {scrape_interval: 1s, evaluation_interval: 1s}\n")
                .append("rule_files: ['" + ProjectFiles.RULES + "']\nscrape_configs:\n");
        ports.forEach((job, port) -> config.append("- job_name: ")
                .append(job)
                .append("\n  metrics_path: ")
                .append(job.equals("gpu") ? "/metrics" : "/q/metrics")
                .append("\n  static_configs: [{targets: ['127.0.0.1:")
                .append(port)
                .append("'], labels: {namespace: ")
                .append(
                        job.equals("gpu")
                                ? "gpu-operator, pod: dcgm-exporter-x7k2p"
                                : "dietsb, pod: dietsb-" + job + "-0")
                .append("}}]\n"));
        return Files.writeString(folder.resolve("prometheus.yml"), config, StandardCharsets.UTF_8);
    }

    Prometheus prometheus() {
        return prometheus;
    }

    private ServiceProcess service(String name) {
        return Objects.requireNonNull(services.get(name), name);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Orders a scoring, and waits for it. */
    void score(String id, String request) {
        var unused = service("scorer").post("/scorings", json(request));
        await().atMost(PATIENCE).until(() -> service("scorer")
                .get("/scorings/" + id)
                .path("state")
                .asText()
                .equals("COMPLETED"));
    }

    /** Returns the status with which the selector answers a request for a page. */
    int statusOfPage(String path) throws IOException, InterruptedException {
        URI page = Objects.requireNonNull(addresses.get("selector")).resolve(path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(page)
                                .header("Accept", "text/html")
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** Orders a run without waiting for it. */
    void order(String request) {
        var unused = service("trainer").post("/runs", json(request));
    }

    /** Returns the run. */
    JsonNode run(String id) {
        return service("trainer").get("/runs/" + id);
    }

    /** Waits until the run is completed. */
    void awaitCompleted(String id) {
        await().atMost(PATIENCE).until(() -> run(id).path("state").asText().equals("COMPLETED"));
    }

    /** Waits until this epoch has ended, then swaps the policy. */
    void swapAfter(int epoch, String id, String policy) {
        await().atMost(PATIENCE).until(() -> run(id).path("epochs").size() >= epoch);
        var unused = service("selector").put("/runs/" + id + "/policy", "", json(policy));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        prometheus.close();
        gpu.stop(0);
        services.values().parallelStream().forEach(ServiceProcess::close);
        broker.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
