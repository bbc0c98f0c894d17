package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A release that is installed before its Kafka: the name of the broker does not resolve yet. */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
class LateKafkaNodeClusterTest {
    private static final Map<String, Integer> HEALTH_PORTS = Map.of("trainer", 9081, "selector", 9082, "scorer", 9083);

    @Test
    void servicesWaitForTheNameOfTheirKafkaAndSaySo() throws Exception {
        Node node = Node.here();
        Lab lab = new Lab(node, "late");
        try {
            lab.helm("install", "--create-namespace");
            for (Map.Entry<String, Integer> service : HEALTH_PORTS.entrySet()) {
                Lab.await(
                        "the readiness of the " + service.getKey(),
                        () -> node.bash("curl -s -m 20 "
                                                + pods(lab, service.getKey())
                                                        .get(0)
                                                        .getStatus()
                                                        .getPodIP() + ":" + service.getValue()
                                                + "/q/health/ready")
                                        .output()
                                        .contains("no host of bootstrap.servers resolves: kafka.late.svc:9092")
                                ? true
                                : null);
            }
            Map<String, Integer> restarts = restarts(lab);

            node.kafka("late");

            for (String service : HEALTH_PORTS.keySet()) {
                lab.ready(pods(lab, service).get(0).getMetadata().getName());
            }
            assertThat(restarts(lab)).isEqualTo(restarts);
        } finally {
            lab.remove();
        }
    }

    private static List<Pod> pods(Lab lab, String component) {
        return Lab.await("pods of the " + component, () -> {
            List<Pod> pods = lab.pods(component);
            return pods.isEmpty() ? null : pods;
        });
    }

    private static Map<String, Integer> restarts(Lab lab) {
        Map<String, Integer> restarts = new TreeMap<>();
        for (String service : HEALTH_PORTS.keySet()) {
            Pod pod = pods(lab, service).get(0);
            restarts.put(
                    pod.getMetadata().getName(),
                    pod.getStatus().getContainerStatuses().get(0).getRestartCount());
        }
        return restarts;
    }
}
