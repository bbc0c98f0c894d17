package org.dietsb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Manifests rendered by Helm for release {@code lab} in namespace {@code ml} on Kubernetes 1.32. */
record Rendered(List<JsonNode> manifests) {
    static final String KUBERNETES = "1.32.0";

    /** Renders the chart with a values file and single values in the format of {@code --set}. */
    static Rendered of(@Nullable Path values, Map<String, ?> set) {
        return of(Project.CHART, values, set);
    }

    static Rendered of(Path chart, @Nullable Path values, Map<String, ?> set) {
        return of(chart, values, set, List.of());
    }

    /** Renders as on a cluster that has the given objects. */
    static Rendered on(List<JsonNode> live, @Nullable Path values, Map<String, ?> set) {
        return of(Project.CHART, values, set, live);
    }

    private static Rendered of(Path chart, @Nullable Path values, Map<String, ?> set, List<JsonNode> live) {
        TemplateCommand command = new Helm(Lookups.answered(chart, live))
                .template()
                .withName("lab")
                .withNamespace("ml")
                .withKubeVersion(KUBERNETES);
        if (values != null) {
            command.withValuesFile(values);
        }
        set.forEach(command::set);
        return new Rendered(parse(command.call()));
    }

    static Rendered ofCi(String name) {
        return of(Project.ciValues(name), Map.of());
    }

    /** Returns the output of {@code helm install}, which ends with the notes. */
    static String installed(@Nullable Path values, Map<String, ?> set) {
        InstallCommand command = new Helm(Lookups.answered(Project.CHART, List.of()))
                .install()
                .clientOnly()
                .dryRun()
                .withName("lab")
                .withNamespace("ml")
                .withKubeVersion(KUBERNETES);
        if (values != null) {
            command.withValuesFile(values);
        }
        set.forEach(command::set);
        return command.call().getOutput();
    }

    static List<JsonNode> parse(String yaml) {
        List<JsonNode> documents = new ArrayList<>();
        try (var read = Project.YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            read.forEachRemaining(document -> {
                if (document.isObject()) {
                    documents.add(document);
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return documents;
    }

    List<JsonNode> all(String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.path("kind").asText().equals(kind))
                .toList();
    }

    /** Returns the only object of the given kind whose name has the given suffix. */
    JsonNode one(String kind, String nameEnds) {
        List<JsonNode> found = all(kind).stream()
                .filter(manifest -> name(manifest).endsWith(nameEnds))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " of kind " + kind + " end in " + nameEnds + ", not 1");
        }
        return found.get(0);
    }

    JsonNode workload(String component) {
        return one(component.equals("trainer") ? "StatefulSet" : "Deployment", "-" + component);
    }

    JsonNode pod(String component) {
        return workload(component).at("/spec/template/spec");
    }

    JsonNode container(String component) {
        return pod(component).at("/containers/0");
    }

    /** Returns an environment variable of a container; its value is missing if it comes from another source. */
    JsonNode variable(String component, String name) {
        return item(container(component).get("env"), "name", name);
    }

    /** Returns the item of a list whose field has the given value; a missing node if there is none. */
    static JsonNode item(JsonNode list, String field, String value) {
        for (JsonNode item : list) {
            if (item.path(field).asText().equals(value)) {
                return item;
            }
        }
        return list.path("no " + value);
    }

    static String name(JsonNode manifest) {
        return manifest.at("/metadata/name").asText();
    }
}
