package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** A release of the chart, as its pods show it. */
final class Release {
    private static final String OF_THE_CHART = "app.kubernetes.io/part-of=dietsb";
    private static final String INSTANCE = "app.kubernetes.io/instance";
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final String TOKEN = "DIETSB_TOKEN";

    private final Kubectl kubectl;
    private final String name;
    private final String namespace;

    private Release(Kubectl kubectl, String name, String namespace) {
        this.kubectl = kubectl;
        this.name = name;
        this.namespace = namespace;
    }

    /**
     * Finds a release by its pods.
     *
     * @param wanted its name; null = the only one
     * @throws UserError if there is none, or none of this name, or several to choose from
     */
    static Release find(Kubectl kubectl, @Nullable String wanted) {
        List<JsonNode> pods = pods(kubectl, OF_THE_CHART);
        if (pods.isEmpty()) {
            throw new UserError("kubectl finds no pod with the label " + OF_THE_CHART
                    + " there: name the context and the namespace of the release with --context and --namespace");
        }
        String namespace = pods.get(0).at("/metadata/namespace").asText();
        TreeSet<String> releases =
                new TreeSet<>(pods.stream().map(pod -> label(pod, INSTANCE)).toList());
        String all = String.join(", ", releases);
        if (wanted == null && releases.size() > 1) {
            throw new UserError("--release is missing: namespace " + namespace + " has the releases " + all);
        }
        String name = wanted == null ? releases.first() : wanted;
        if (!releases.contains(name)) {
            throw new UserError(
                    "--release is " + name + ", allowed is a release of namespace " + namespace + ": " + all);
        }
        return new Release(kubectl, name, namespace);
    }

    /** Returns it in words. */
    String words() {
        return "release " + name + " in namespace " + namespace;
    }

    /** Returns what shows the pods of a service. */
    String remedy(String service) {
        return "see kubectl -n " + namespace + " describe pods -l " + labels(service);
    }

    /** Counts the trainers that are ready. */
    int trainers() {
        return (int) of("trainer").stream().filter(Release::isReady).count();
    }

    /**
     * Forwards two ports of this machine to a ready pod of a service.
     *
     * @return the process that forwards; empty if no pod is ready
     */
    Optional<Process> forward(String service, Ports.Pair local) {
        return of(service).stream()
                .filter(Release::isReady)
                .min(Comparator.comparing(Release::name))
                .map(pod -> kubectl.forward(
                        name(pod),
                        local.rest() + ":" + port(pod, "http"),
                        local.management() + ":" + port(pod, "management")));
    }

    /** Returns the token of writers in the Secret that the pods use; empty if they use none. */
    Optional<String> token() {
        return pods(kubectl, OF_THE_CHART + "," + INSTANCE + "=" + name).stream()
                .flatMap(pod -> Json.elements(pod.at("/spec/containers")).stream())
                .flatMap(container -> Json.elements(container.path("env")).stream())
                .filter(variable -> variable.path("name").asText().equals(TOKEN))
                .map(variable -> variable.at("/valueFrom/secretKeyRef"))
                .filter(JsonNode::isObject)
                .findFirst()
                .map(this::secret);
    }

    private String secret(JsonNode reference) {
        String data = kubectl.get("secret", reference.path("name").asText())
                .path("data")
                .path(reference.path("key").asText())
                .asText();
        return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8).strip();
    }

    private List<JsonNode> of(String service) {
        return pods(kubectl, labels(service));
    }

    private String labels(String service) {
        return INSTANCE + "=" + name + "," + COMPONENT + "=" + service;
    }

    private static List<JsonNode> pods(Kubectl kubectl, String labels) {
        return Json.elements(kubectl.get("pods", "--selector=" + labels).path("items"));
    }

    private static String name(JsonNode pod) {
        return pod.at("/metadata/name").asText();
    }

    private static String label(JsonNode pod, String label) {
        return pod.at("/metadata/labels").path(label).asText();
    }

    private static boolean isReady(JsonNode pod) {
        return !pod.path("metadata").has("deletionTimestamp")
                && Json.elements(pod.at("/status/conditions")).stream()
                        .anyMatch(condition -> condition.path("type").asText().equals("Ready")
                                && condition.path("status").asText().equals("True"));
    }

    private static int port(JsonNode pod, String name) {
        return Json.elements(pod.at("/spec/containers")).stream()
                .flatMap(container -> Json.elements(container.path("ports")).stream())
                .filter(port -> port.path("name").asText().equals(name))
                .mapToInt(port -> port.path("containerPort").asInt())
                .findFirst()
                .orElseThrow(() -> new UserError("pod " + name(pod) + " has no port named " + name));
    }
}
