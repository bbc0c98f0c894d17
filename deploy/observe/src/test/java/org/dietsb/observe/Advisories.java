package org.dietsb.observe;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** The list of advisories in deploy/advisories.json, which is refreshed by hand, and the components of this build. */
final class Advisories {
    private static final Pattern JAR = Pattern.compile("(?<name>[\\w.-]+?)-(?<version>\\d[\\w.]*(-[\\w.]+)*)\\.jar");
    private static final Pattern PURL = Pattern.compile("pkg:maven/(?<name>[^/]+/[^@]+)@(?<version>[^?]+).*");
    private static final List<String> SERVICES = List.of("trainer", "selector", "scorer");

    private Advisories() {}

    /**
     * An advisory.
     *
     * @param module group and artifact, joined by a dot as in the names of packaged jars
     * @param affected as in Maven, such as {@code (,1.2),[2.0,2.3)}
     */
    record Advisory(String id, String module, VersionRange affected, String accepted) {
        boolean concerns(Component component) {
            return accepted.isEmpty()
                    && module.equals(component.module)
                    && affected.containsVersion(new DefaultArtifactVersion(component.version));
        }
    }

    /** A library of this build, named as in {@link Advisory}. */
    record Component(String module, String version) {}

    static List<Advisory> listed() throws InvalidVersionSpecificationException {
        List<Advisory> advisories = new ArrayList<>();
        for (JsonNode one : ProjectFiles.yaml(ProjectFiles.ROOT.resolve("deploy/advisories.json"))
                .get("advisories")) {
            advisories.add(new Advisory(
                    one.get("id").asText(),
                    one.get("package").asText().replace(':', '.'),
                    VersionRange.createFromVersionSpec(one.get("affected").asText()),
                    one.path("accepted").asText("")));
        }
        return advisories;
    }

    /** Returns a line for each component that an advisory concerns. */
    static List<String> against(Set<Component> components, List<Advisory> advisories) {
        return components.stream()
                .flatMap(component -> advisories.stream()
                        .filter(advisory -> advisory.concerns(component))
                        .map(advisory -> component.module + " " + component.version + ": " + advisory.id
                                + ", affected are " + advisory.affected))
                .toList();
    }

    /** Returns the libraries that are packaged with the services, and those of the bill of materials if it is of this build. */
    static Set<Component> ofThisBuild() throws IOException {
        Set<Component> components = new LinkedHashSet<>();
        for (String service : SERVICES) {
            Path libraries = ProjectFiles.ROOT.resolve(service + "-service/target/quarkus-app/lib");
            try (Stream<Path> files = Files.walk(libraries)) {
                files.map(file -> JAR.matcher(file.getFileName().toString()))
                        .filter(Matcher::matches)
                        .map(Advisories::component)
                        .forEach(components::add);
            }
        }
        for (JsonNode component : billOfMaterials()) {
            Matcher purl = PURL.matcher(component.path("purl").asText());
            if (purl.matches()) {
                components.add(component(purl));
            }
        }
        return components;
    }

    /** Returns the components of the bill of materials; none if it is missing or older than the versions in the pom: -o skips it. */
    static List<JsonNode> billOfMaterials() throws IOException {
        Path bill = ProjectFiles.ROOT.resolve("target/bom.json");
        Path versions = ProjectFiles.ROOT.resolve("pom.xml");
        if (!Files.exists(bill) || Files.getLastModifiedTime(bill).compareTo(Files.getLastModifiedTime(versions)) < 0) {
            return List.of();
        }
        List<JsonNode> components = new ArrayList<>();
        ProjectFiles.yaml(bill).get("components").forEach(components::add);
        return components;
    }

    private static Component component(Matcher parts) {
        return new Component(
                parts.group("name").replace('/', '.'),
                parts.group("version").replaceAll("-(linux|osx|windows|cpu|cu\\d+)\\b.*", ""));
    }
}
