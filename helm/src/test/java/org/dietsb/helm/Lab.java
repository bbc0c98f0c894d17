package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Release lab of the chart in a namespace of a {@link Node}, with small requests, and its REST by forwarded ports. */
final class Lab {
    static final String TRAINER = "lab-dietsb-trainer-0";

    private static final Duration PATIENCE = Duration.ofMinutes(8);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** Options of Helm. */
    static final String SECRET = "--set auth.existingSecret=tokens ";

    static final String PATIENTLY = "--wait --timeout 10m ";

    private static final String TOKEN = "a-token-of-a-test-0123456789abcdef";

    private final Node node;
    private final String namespace;
    private final String program;
    private final HttpClient http = HttpClient.newHttpClient();

    Lab(Node node, String namespace) {
        this(node, namespace, "helm4");
    }

    /** {@code program}: helm3 or helm4. */
    Lab(Node node, String namespace, String program) {
        this.node = node;
        this.namespace = namespace;
        this.program = program;
    }

    /** Installs it with Kafka beside it, and waits until all pods are ready. */
    static Lab installed(Node node, String namespace, String options) throws Exception {
        Lab lab = new Lab(node, namespace);
        lab.withKafkaAndToken();
        lab.helm("install", SECRET + PATIENTLY + options);
        return lab;
    }

    void withKafkaAndToken() throws Exception {
        node.kafka(namespace);
        kubectl("create secret generic tokens --from-literal=token=" + TOKEN).succeeded();
    }

    /** Installs or upgrades it, with the values of a laptop. */
    void helm(String verb, String options) throws Exception {
        helm(verb + " lab helm/dietsb -f helm/dietsb/ci/laptop-values.yaml --set kafka.bootstrapServers=kafka."
                + namespace + ".svc:9092 " + options);
    }

    Node.Ended helm(String arguments) throws Exception {
        return node.bash(program + " -n " + namespace + " " + arguments).succeeded();
    }

    void remove() throws Exception {
        node.bash("kubectl delete namespace " + namespace + " --grace-period 1 --timeout 120s")
                .succeeded();
    }

    Node.Ended kubectl(String arguments) throws Exception {
        return node.bash("kubectl -n " + namespace + " " + arguments);
    }

    Pod pod(String name) {
        return await(
                "pod " + name,
                () -> node.client().pods().inNamespace(namespace).withName(name).get());
    }

    List<Pod> pods(String component) {
        return node.client()
                .pods()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/component", component)
                .list()
                .getItems();
    }

    /** Waits until a pod of this name is ready. */
    void ready(String name) {
        await(
                "pod " + name + ", ready,",
                () -> node.client().pods().inNamespace(namespace).withName(name).isReady() ? true : null);
    }

    /** Returns how the container of a pod ended before it was started again, if it was. */
    @Nullable
    ContainerStateTerminated lastEnd(String name) {
        Pod pod = node.client().pods().inNamespace(namespace).withName(name).get();
        return pod == null || pod.getStatus().getContainerStatuses().isEmpty()
                ? null
                : pod.getStatus().getContainerStatuses().get(0).getLastState().getTerminated();
    }

    /** Returns the id of a pod's container in containerd. */
    String container(String name) {
        return pod(name)
                .getStatus()
                .getContainerStatuses()
                .get(0)
                .getContainerID()
                .replaceFirst("containerd://", "");
    }

    /** Returns the exit code of the container of the pod that is there now, once that has ended. */
    CompletableFuture<Integer> exitCode(String name) {
        String uid = pod(name).getMetadata().getUid();
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Watch watch = node.client().pods().inNamespace(namespace).withName(name).watch(new Watcher<Pod>() {
            @Override
            public void eventReceived(Action action, Pod now) {
                if (now.getMetadata().getUid().equals(uid)) {
                    now.getStatus().getContainerStatuses().stream()
                            .map(status -> status.getState().getTerminated())
                            .filter(Objects::nonNull)
                            .forEach(ended -> code.complete(ended.getExitCode()));
                }
            }

            @Override
            public void onClose(WatcherException closed) {
                code.completeExceptionally(closed);
            }
        });
        return code.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).whenComplete((ended, failed) -> watch.close());
    }

    /** Orders a run of 500 images; {@code rest}: the other fields, as JSON. */
    void order(String id, String rest) {
        String body = "{\"id\": \"" + id + "\", \"dataset\": \"fashion-mini\", \"limit\": 500, " + rest + "}";
        await("order " + id, () -> {
            HttpResponse<String> answer = send("trainer", 8081, "POST", "/runs", body);
            assertThat(answer.statusCode()).as(answer.body()).isNotEqualTo(400);
            // 409: stored by a request whose answer was lost.
            return answer.statusCode() == 201 || answer.statusCode() == 409 ? answer : null;
        });
    }

    /** Waits until a run is as {@code when} says. */
    JsonNode run(String id, Predicate<JsonNode> when) {
        return await("run " + id, () -> {
            HttpResponse<String> answer = send("trainer", 8081, "GET", "/runs/" + id, "");
            JsonNode run = Project.JSON.readTree(answer.body());
            return answer.statusCode() == 200 && when.test(run) ? run : null;
        });
    }

    JsonNode completed(String id) {
        JsonNode run = ended(id);
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("COMPLETED");
        return run;
    }

    JsonNode ended(String id) {
        return run(id, run -> run.path("state").asText().matches("COMPLETED|FAILED|CANCELLED"));
    }

    /** Sends by a port forwarded to any pod of a service, so that deleted pods do not matter. */
    private HttpResponse<String> send(String component, int port, String method, String path, String body)
            throws Exception {
        try (LocalPortForward forward = node.client()
                .services()
                .inNamespace(namespace)
                .withName("lab-dietsb-" + component)
                .portForward(port)) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + forward.getLocalPort() + path))
                    .timeout(Duration.ofSeconds(20))
                    .header("Authorization", "Bearer " + TOKEN);
            if (body.isEmpty()) {
                request.method(method, HttpRequest.BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** What may be absent, or fail while pods come and go. */
    interface Look<T> {
        @Nullable
        T look() throws Exception;
    }

    static <T> T await(String what, Look<T> look) {
        Throwable last = null;
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
            try {
                try {
                    last = null;
                    T seen = look.look();
                    if (seen != null) {
                        return seen;
                    }
                } catch (IOException | RuntimeException notNow) {
                    last = notNow;
                }
                Thread.sleep(PAUSE.toMillis());
            } catch (Exception failed) {
                throw new AssertionError(what, failed);
            }
        }
        throw new AssertionError(what + " was awaited for " + PATIENCE, last);
    }
}
