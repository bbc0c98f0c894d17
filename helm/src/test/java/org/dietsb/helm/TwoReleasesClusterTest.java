package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two releases on one Kafka that Strimzi keeps, by both Helms and an API server that knows the kinds KafkaTopic and KafkaUser without their schemas. No operator
 * runs. {@code mvn -pl helm test -Pcluster}.
 */
class TwoReleasesClusterTest {
    private static final List<String> KINDS = List.of("KafkaTopic", "KafkaUser");

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static ApiServer server;

    private String helm = "";
    private String namespace = "";

    @BeforeAll
    static void start() throws Exception {
        server = ApiServer.started();
        for (String kind : KINDS) {
            String plural = kind.toLowerCase(Locale.ROOT) + "s";
            server.client()
                    .apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .resource(definition(kind, plural))
                    .create();
            server.client()
                    .apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(plural + ".kafka.strimzi.io")
                    .waitUntilCondition(
                            crd -> crd != null
                                    && crd.getStatus() != null
                                    && crd.getStatus().getConditions().stream()
                                            .anyMatch(condition -> condition
                                                            .getType()
                                                            .equals("Established")
                                                    && condition.getStatus().equals("True")),
                            1,
                            TimeUnit.MINUTES);
        }
    }

    private static CustomResourceDefinition definition(String kind, String plural) {
        return new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName(plural + ".kafka.strimzi.io")
                .endMetadata()
                .withNewSpec()
                .withGroup("kafka.strimzi.io")
                .withScope("Namespaced")
                .withNewNames()
                .withKind(kind)
                .withPlural(plural)
                .withSingular(kind.toLowerCase(Locale.ROOT))
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSchema()
                .withNewOpenAPIV3Schema()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .endOpenAPIV3Schema()
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
    }

    @AfterAll
    static void end() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private void use(String with, String test) {
        Assumptions.assumeTrue(server.has(with), with + " is missing: run helm/cluster/build");
        helm = with;
        namespace = test + "-" + with;
    }

    private ApiServer.Ended helm(String verb, String release, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(helm, "-n", namespace, verb, release));
        if (!verb.equals("uninstall")) {
            command.addAll(List.of("dietsb", "-f", "dietsb/ci/default-values.yaml"));
            command.addAll(List.of(
                    "--set", "strimzi.clusterName=shared,strimzi.topics.create=true,strimzi.users.create=true"));
        }
        if (verb.equals("install")) {
            command.add("--create-namespace");
        }
        command.addAll(List.of(options));
        return server.run(command);
    }

    private List<GenericKubernetesResource> all(String kind) {
        return server.client()
                .genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup("kafka.strimzi.io")
                        .withVersion("v1")
                        .withKind(kind)
                        .withPlural(kind.toLowerCase(Locale.ROOT) + "s")
                        .withNamespaced(true)
                        .build())
                .inNamespace(namespace)
                .list()
                .getItems();
    }

    private static String owner(HasMetadata object) {
        return object.getMetadata().getAnnotations().getOrDefault("meta.helm.sh/release-name", "");
    }

    private static String topic(GenericKubernetesResource topic) {
        return topic.get("spec", "topicName") == null
                ? topic.getMetadata().getName()
                : topic.get("spec", "topicName").toString();
    }

    private Map<String, String> topicsByRelease() {
        return all("KafkaTopic").stream()
                .collect(Collectors.toMap(
                        TwoReleasesClusterTest::topic,
                        TwoReleasesClusterTest::owner,
                        (one, other) -> one,
                        TreeMap::new));
    }

    private Map<String, String> versions(String release) {
        return KINDS.stream()
                .flatMap(kind -> all(kind).stream())
                .filter(object -> owner(object).equals(release))
                .collect(Collectors.toMap(
                        object -> object.getKind() + " " + object.getMetadata().getName(),
                        object -> object.getMetadata().getResourceVersion()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void releasesWithPrefixesShareNothing(String with) throws Exception {
        use(with, "prefixes");
        helm("install", "lab", "--set", "kafka.prefix=lab.").succeeded();
        int topics = all("KafkaTopic").size();
        Map<String, String> ofLab = versions("lab");
        helm("install", "night", "--set", "kafka.prefix=Night_").succeeded();
        helm("upgrade", "night", "--set", "kafka.prefix=Night_,selector.replicas=2")
                .succeeded();
        assertThat(versions("lab")).isEqualTo(ofLab);
        assertThat(topicsByRelease())
                .hasSize(2 * topics)
                .containsEntry("lab.batch-losses", "lab")
                .containsEntry("Night_batch-losses", "night");
        // The permissions of a user are for its release's names alone.
        Function<String, List<String>> names = release -> all("KafkaUser").stream()
                .filter(user -> owner(user).equals(release))
                .map(GenericKubernetesResource::getAdditionalProperties)
                .map(Object::toString)
                .toList();
        assertThat(names.apply("lab")).hasSize(3).noneMatch(user -> user.contains("Night_"));
        assertThat(names.apply("night")).hasSize(3).allMatch(user -> user.contains("Night_"));
    }

    /** Topics outlive their release; another one adopts them only if it is told to. */
    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void topicsOfAnUninstalledReleaseAreAdoptedOnRequest(String with) throws Exception {
        use(with, "kept");
        helm("install", "lab").succeeded();
        int topics = all("KafkaTopic").size();
        helm("uninstall", "lab").succeeded();
        assertThat(topicsByRelease()).hasSize(topics).containsEntry("batch-losses", "lab");
        ApiServer.Ended refused = helm("install", "night");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.output()).contains("KafkaTopic", "meta.helm.sh/release-name");
        helm("install", "night", "--take-ownership").succeeded();
        assertThat(topicsByRelease()).hasSize(topics).containsEntry("batch-losses", "night");
        // With a prefix, nothing needs to be adopted.
        helm("install", "third", "--set", "kafka.prefix=third.").succeeded();
    }
}
