package org.dietsb.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;

/**
 * The chart rendered by Helm, with its pods and claims played by podman. Only what podman 4.3 cannot do, or cannot do on a
 * machine without a cluster's network, is changed:
 *
 * <ul>
 *   <li>a workload becomes the first of its pods, because podman does not support StatefulSets;
 *   <li>pods share the machine's network, on free ports that are set by {@code extraEnv} of the values, and publish none;
 *   <li>probes are removed, because podman runs them with curl, which the images lack; the test sends them itself;
 *   <li>the Secret is created by podman itself, because it does not read Secrets that it has played;
 *   <li>an emptyDir is named after its pod, because podman keeps one of each name;
 *   <li>claims get an owner, because podman does not support {@code fsGroup}.
 * </ul>
 */
final class PlayedChart implements AutoCloseable {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "dietsb-tokens";

    private final Podman podman = new Podman();
    private final Map<String, Played> pods = new TreeMap<>();

    /** A component's pod: its specification in the chart, and its one container. */
    private record Played(JsonNode workload, Container container) {}

    /** The ports that a component listens on. */
    private record Component(String name, String service, int port, int management) {
        static Component of(String name, String service) throws IOException {
            return new Component(name, service, LocalBroker.freePort(), LocalBroker.freePort());
        }
    }

    private PlayedChart() {}

    /** Renders and plays it without waiting until its pods are ready. */
    static PlayedChart start(String bootstrapServers) throws IOException {
        PlayedChart chart = new PlayedChart();
        try {
            chart.play(bootstrapServers);
        } catch (IOException | RuntimeException failed) {
            chart.close();
            throw failed;
        }
        return chart;
    }

    /** Returns the components that have pods: trainer, selector, scorer. */
    List<String> components() {
        return List.copyOf(pods.keySet());
    }

    /** Returns the container of a component's pod. */
    Container container(String component) {
        return of(component).container;
    }

    /** Returns the specification of that container in the chart. */
    JsonNode specification(String component) {
        return of(component).workload.at("/spec/template/spec/containers/0");
    }

    private Played of(String component) {
        return Objects.requireNonNull(pods.get(component), component);
    }

    private void play(String bootstrapServers) throws IOException {
        List<Component> components = List.of(
                Component.of("selector", Images.SELECTOR),
                Component.of("scorer", Images.SCORER),
                Component.of("trainer", Images.TRAINER));
        List<JsonNode> manifests = render(values(bootstrapServers, components));
        List<JsonNode> played = new ArrayList<>();
        for (JsonNode claim : all(manifests, "PersistentVolumeClaim", "")) {
            played.add(owned(claim.deepCopy()));
        }
        for (Component component : components) {
            for (JsonNode workload : all(manifests, "Deployment|StatefulSet", component.name)) {
                ObjectNode pod = pod(workload);
                String container = pod.at("/metadata/name").asText() + "-"
                        + pod.at("/spec/containers/0/name").asText();
                pods.put(
                        component.name,
                        new Played(workload, Container.of(container, component.port, component.management)));
                played.add(pod);
            }
        }
        StringBuilder documents = new StringBuilder();
        for (JsonNode document : played) {
            documents.append(YAML.writeValueAsString(document));
        }
        Path file = Images.folder().resolve("played-chart.yaml");
        Files.writeString(file, documents);
        makeSecret();
        podman.run("kube", "play", file.toString());
    }

    /** Returns the manifests of a kind whose names end like this. */
    private static List<JsonNode> all(List<JsonNode> manifests, String kind, String nameEnds) {
        return manifests.stream()
                .filter(manifest -> manifest.path("kind").asText().matches(kind)
                        && manifest.at("/metadata/name").asText().endsWith(nameEnds))
                .toList();
    }

    private void makeSecret() throws IOException {
        Path file = Images.folder().resolve("played-secret.json");
        byte[] token = Container.TOKEN.getBytes(StandardCharsets.UTF_8);
        Files.writeString(file, JSON.writeValueAsString(Map.of("token", token)));
        podman.run("secret", "create", SECRET, file.toString());
    }

    /** Returns values for small pods on the CPU, one of each component, closed without a token. */
    private static ObjectNode values(String bootstrapServers, List<Component> components) {
        ObjectNode values = YAML.createObjectNode();
        values.putObject("kafka").put("bootstrapServers", bootstrapServers);
        values.putObject("auth").put("existingSecret", SECRET).put("reading", "closed");
        for (Component component : components) {
            String image = Images.image(component.service).name();
            ObjectNode of = values.putObject(component.name).put("replicas", 1);
            of.putObject("image")
                    .put("repository", image.substring(0, image.lastIndexOf(':')))
                    .put("tag", image.substring(image.lastIndexOf(':') + 1));
            ArrayNode environment = of.putArray("extraEnv");
            environment.addObject().put("name", "QUARKUS_HTTP_PORT").put("value", String.valueOf(component.port));
            environment
                    .addObject()
                    .put("name", "QUARKUS_MANAGEMENT_PORT")
                    .put("value", String.valueOf(component.management));
        }
        ObjectNode trainer = (ObjectNode) values.get("trainer");
        trainer.putObject("settings").put("threads", 1);
        ObjectNode resources = trainer.putObject("resources");
        resources.putObject("requests").put("cpu", "1").put("memory", "2Gi");
        resources.putObject("limits").put("memory", "2Gi");
        return values;
    }

    private static List<JsonNode> render(ObjectNode values) throws IOException {
        Path file = Images.folder().resolve("played-values.yaml");
        YAML.writeValue(file.toFile(), values);
        String manifests = new Helm(chart())
                .template()
                .withName("lab")
                .withNamespace("ml")
                .withKubeVersion("1.32.0")
                .withValuesFile(file)
                .call();
        List<JsonNode> documents = new ArrayList<>();
        try (var read = YAML.readerFor(JsonNode.class).<JsonNode>readValues(manifests)) {
            read.forEachRemaining(documents::add);
        }
        return documents;
    }

    /** Returns a copy of the chart that looks nothing up: Helm's library would ask the cluster of the user's kubeconfig. */
    private static Path chart() throws IOException {
        Path chart = Images.root().resolve("helm/dietsb");
        Path copy = Files.createTempDirectory(Images.folder(), "chart");
        try (Stream<Path> files = Files.walk(chart)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(chart.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        Files.writeString(copy.resolve("templates/_lookup.tpl"), "{{- define \"dietsb.lookup\" -}}{}{{- end -}}");
        return copy;
    }

    private static ObjectNode owned(ObjectNode claim) {
        ((ObjectNode) claim.get("metadata"))
                .withObject("/annotations")
                .put("volume.podman.io/uid", "10001")
                .put("volume.podman.io/gid", "10001");
        return claim;
    }

    private static ObjectNode pod(JsonNode workload) {
        String name = workload.at("/metadata/name").asText() + "-0";
        ObjectNode pod = YAML.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata").put("name", name).set("labels", workload.at("/spec/template/metadata/labels"));
        ObjectNode specification = workload.at("/spec/template/spec").deepCopy();
        specification.put("hostNetwork", true);
        for (JsonNode container : specification.get("containers")) {
            ((ObjectNode) container).remove(List.of("ports", "startupProbe", "livenessProbe", "readinessProbe"));
            rename(container.get("volumeMounts"), name);
        }
        rename(specification.get("volumes"), name);
        pod.set("spec", specification);
        return pod;
    }

    private static void rename(JsonNode volumes, String pod) {
        for (JsonNode volume : volumes) {
            ((ObjectNode) volume).put("name", pod + "-" + volume.get("name").asText());
        }
    }

    /** Stops its pods like a cluster does, and removes everything created for it. */
    @Override
    public void close() {
        RuntimeException failed = null;
        for (String[] step : new String[][] {
            {"pod", "stop", "--all", "--time", "20"},
            {"pod", "rm", "--all", "--force"},
            {"volume", "rm", "--all", "--force"},
            {"secret", "rm", "--all"}
        }) {
            try {
                podman.run(step);
            } catch (UncheckedIOException notDone) {
                failed = notDone;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
