package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Kubernetes node on which {@code cluster/node} runs this process, with the images of deploy/images. Skips the tests elsewhere. */
final class Node {
    static final String REGISTRY = "registry.example.org";

    private static final Path IMAGES = Project.ROOT.resolve("deploy/images/target");
    private static final List<String> SERVICES = List.of("trainer-service", "selector-service", "scorer-service");

    private static boolean imported;

    private final KubernetesClient client = new KubernetesClientBuilder().build();

    private Node() {}

    /** What a program said, and its exit status. */
    record Ended(int status, String output) {
        Ended succeeded() {
            assertThat(status).as(output).isZero();
            return this;
        }
    }

    static synchronized Node here() throws Exception {
        Assumptions.assumeTrue(
                System.getenv("DIETSB_NODE") != null,
                "not on a node of its own: helm/cluster/node mvn -o -pl helm test -Pcluster");
        for (String image :
                Stream.concat(SERVICES.stream(), Stream.of("broker")).toList()) {
            Assumptions.assumeTrue(
                    Files.exists(IMAGES.resolve(image + ".tar")), image + ".tar is missing: run helm/cluster/images");
        }
        Node node = new Node();
        if (!imported) {
            for (String image : SERVICES) {
                String imports = node.bash("ctr -n k8s.io images import deploy/images/target/" + image + ".tar")
                        .succeeded()
                        .output();
                String name = imports.replaceFirst("(?s).*?unpacking (\\S+).*", "$1");
                node.bash("ctr -n k8s.io images tag --force " + name + " " + name.replace("docker.io", REGISTRY))
                        .succeeded();
            }
            node.bash("ctr -n k8s.io images import deploy/images/target/broker.tar")
                    .succeeded();
            imported = true;
        }
        return node;
    }

    KubernetesClient client() {
        return client;
    }

    /** Runs a script in the root of the project, with kubectl, helm3, helm4 and, as helm, the latter. */
    Ended bash(String script) throws Exception {
        Process process = started(script);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    Process started(String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", "helm() { helm4 \"$@\"; }\n" + script)
                .directory(Project.ROOT.toFile())
                .redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** Kafka in a pod, with the topics of the services. */
    void kafka(String namespace) throws Exception {
        bash("kubectl create namespace " + namespace + " --dry-run=client -o yaml | kubectl apply -f -\n"
                        + "sed s/NAMESPACE/" + namespace + "/ helm/cluster/kafka.yaml | kubectl -n " + namespace
                        + " apply -f -\n"
                        + "kubectl -n " + namespace + " rollout status statefulset/kafka --timeout 300s")
                .succeeded();
    }
}
