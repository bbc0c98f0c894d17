package org.dietsb.helm;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Release lab of the chart in a namespace of a {@link Node}, with small requests. */
final class Lab {
    static final String TRAINER = "lab-dietsb-trainer-0";

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Node node;
    private final String namespace;

    Lab(Node node, String namespace) {
        this.node = node;
        this.namespace = namespace;
    }

    void helm(String verb, String options) throws Exception {
        node.bash("helm -n " + namespace + " " + verb + " lab helm/dietsb -f helm/dietsb/ci/laptop-values.yaml "
                        + "--set kafka.bootstrapServers=kafka." + namespace + ".svc:9092 " + options)
                .succeeded();
    }

    void remove() throws Exception {
        node.bash("kubectl delete namespace " + namespace + " --grace-period 1 --timeout 120s")
                .succeeded();
    }

    Pod pod(String name) throws InterruptedException {
        return await(
                "pod " + name,
                () -> node.client().pods().inNamespace(namespace).withName(name).get());
    }

    /** Waits until a pod of this name is ready. */
    void ready(String name) throws InterruptedException {
        await(
                "pod " + name + ", ready,",
                () -> node.client().pods().inNamespace(namespace).withName(name).isReady() ? true : null);
    }

    static <T> T await(String what, Supplier<@Nullable T> look) throws InterruptedException {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
            T seen = look.get();
            if (seen != null) {
                return seen;
            }
            Thread.sleep(500);
        }
        throw new AssertionError(what + " was awaited for " + PATIENCE);
    }
}
