package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a release on running pods, by each Helm. */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
class ReleaseNodeClusterTest {
    private static final String RUN =
            "\"model\": \"resnet8\", \"batchSize\": 50, \"epochs\": 1, \"policy\": {\"kind\": \"random\", \"keep\": 0.5}";

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void installsTestsUpgradesRollsBackUninstallsAndInstallsAgain(String helm) throws Exception {
        Lab lab = new Lab(Node.here(), helm, helm);
        try {
            lab.withKafkaAndToken();
            lab.helm("install", Lab.SECRET + Lab.PATIENTLY);
            assertThat(lab.helm("test lab --logs").output()).contains("\"UP\"");
            lab.order("first", RUN);
            lab.completed("first");

            lab.helm("upgrade", Lab.SECRET + Lab.PATIENTLY + "--set trainer.settings.stopWithinSeconds=25");
            assertThat(stopWithin(lab)).isEqualTo("PT25S");
            lab.ready(Lab.TRAINER);

            lab.helm("rollback lab 1 " + Lab.PATIENTLY);
            assertThat(stopWithin(lab)).isEqualTo("PT10S");
            assertThat(lab.helm("test lab --logs").output()).contains("\"UP\"");

            lab.helm("uninstall lab " + Lab.PATIENTLY);
            for (String component : new String[] {"trainer", "selector", "scorer"}) {
                Lab.await(
                        "the end of the " + component, () -> lab.pods(component).isEmpty() ? true : null);
            }

            lab.helm("install", Lab.SECRET + Lab.PATIENTLY);
            lab.completed("first");
            lab.order("second", RUN);
            lab.completed("second");
        } finally {
            lab.remove();
        }
    }

    /** Returns what the pod of the trainer is told, not its StatefulSet. */
    private static String stopWithin(Lab lab) {
        return lab.pod(Lab.TRAINER).getSpec().getContainers().get(0).getEnv().stream()
                .filter(variable -> variable.getName().equals("DIETSB_TRAINER_STOP_WITHIN"))
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
