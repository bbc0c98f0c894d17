package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dietsb.launcher.text.Format;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that use a system in a cluster, as processes of their own, with a stand-in for kubectl on the PATH. */
class ClusterCommandsTest {
    private static final String TOKEN = "a-token-of-the-secret";
    private static final String COMPLETED =
            "{'runId':'a','state':'COMPLETED','policy':{'kind':'random'},'prePruned':0,'totalPruned':0.5,'epochs':[{'epoch':1}],'bitIdentical':true}";

    @TempDir
    Path folder = Path.of("");

    private final List<String> pods = new ArrayList<>();

    @BeforeEach
    void installKubectl() throws IOException {
        Path kubectl = folder.resolve("kubectl");
        Files.writeString(
                kubectl,
                "#!/bin/sh\nexec " + java() + " -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                        + "' " + StandInKubectl.class.getName() + " '" + folder + "' \"$@\"\n");
        assertThat(kubectl.toFile().setExecutable(true)).isTrue();
        Files.writeString(
                folder.resolve("secret.json"),
                "{\"data\":{\"writer\":\"" + Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8))
                        + "\"}}");
        Files.writeString(folder.resolve("pods.json"), "{\"items\":[]}");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void pod(FakeServices services, String release, String service, String name, boolean ready)
            throws IOException {
        pods.add(Format.text(
                """
                {"metadata": {"name": "%s", "namespace": "ml", "labels": {"app.kubernetes.io/part-of": "dietsb",
                  "app.kubernetes.io/instance": "%s", "app.kubernetes.io/component": "%s"}},
                 "spec": {"containers": [{"name": "%s",
                   "ports": [{"name": "http", "containerPort": %d}, {"name": "management", "containerPort": %d}],
                   "env": [{"name": "DIETSB_TOKEN", "valueFrom": {"secretKeyRef": {"name": "tokens", "key": "writer"}}}]}]},
                 "status": {"conditions": [{"type": "Ready", "status": "%s"}]}}""",
                name,
                release,
                service,
                service,
                services.port(service),
                services.managementPort(service),
                ready ? "True" : "False"));
        Files.writeString(folder.resolve("pods.json"), "{\"items\":[" + String.join(",", pods) + "]}");
    }

    private record Ended(int code, String out, String err) {}

    private Process start(String line) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.dietsb.launcher.Dietsb"));
        command.addAll(List.of(line.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().put("DIETSB_HOME", folder.resolve("home").toString());
        builder.environment().remove("DIETSB_TOKEN");
        return builder.start();
    }

    private Ended ended(Process process) throws IOException {
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private Ended dietsb(String line) throws IOException {
        return ended(start(line));
    }

    /** Returns the calls of kubectl, without the ids of its processes. */
    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls")).stream()
                .map(call -> call.substring(call.indexOf(' ') + 1))
                .toList();
    }

    private void nothingIsLeftRunning() throws IOException {
        for (String call : Files.readAllLines(folder.resolve("calls"))) {
            ProcessHandle.of(Long.parseLong(call.substring(0, call.indexOf(' '))))
                    .ifPresent(left ->
                            left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void usesTheServicesAndTheTokenOfARelease() throws IOException {
        try (FakeServices services = FakeServices.up()) {
            services.says("trainer", "GET /runs?limit=100&members=false", 200, "[" + COMPLETED + "]")
                    .says("selector", "GET /policies", 200, "[]");
            pod(services, "mine", "trainer", "mine-trainer-0", true);
            pod(services, "mine", "selector", "mine-selector-1", true);
            // When: the options after the command, and before it
            Ended runs = dietsb("runs --context lab --namespace ml");
            Ended catalogue = dietsb("--namespace ml policy --catalogue");
            // Then
            assertThat(runs.err()).isEmpty();
            assertThat(runs.out()).contains("COMPLETED");
            assertThat(catalogue).extracting(Ended::code, Ended::err).containsExactly(0, "");
            assertThat(services.tokens).containsOnly("Bearer " + TOKEN);
            assertThat(calls())
                    .allMatch(call -> call.contains("--namespace=ml"))
                    .filteredOn(call -> call.startsWith("port-forward"))
                    .as("only the pods that a command uses")
                    .satisfiesExactly(
                            call -> assertThat(call).contains("pod/mine-trainer-0", "--context=lab"),
                            call -> assertThat(call)
                                    .contains("pod/mine-selector-1")
                                    .doesNotContain("--context"));
            nothingIsLeftRunning();
        }
    }

    /** Starts to follow a run, and returns when the command has asked for it twice. */
    private Process following(FakeServices services) throws IOException, InterruptedException {
        services.says("trainer", "GET /runs/a", 200, COMPLETED.replace("COMPLETED", "RUNNING"));
        pod(services, "mine", "trainer", "mine-trainer-0", true);
        Process following = start("follow a --namespace ml");
        while (Collections.frequency(services.requests(), "GET /runs/a") < 2) {
            Thread.sleep(20);
            assertThat(following.isAlive()).isTrue();
        }
        return following;
    }

    @Test
    void followsARunToTheNextPod() throws Exception {
        try (FakeServices services = FakeServices.up()) {
            Process following = following(services);
            // When
            pods.clear();
            pod(services, "mine", "trainer", "mine-trainer-0", false);
            pod(services, "mine", "trainer", "mine-trainer-1", true);
            Files.createFile(folder.resolve("mine-trainer-0.ends"));
            services.saysNow("trainer", "GET /runs/a", 200, COMPLETED);
            // Then
            Ended ended = ended(following);
            assertThat(ended.err()).isEmpty();
            assertThat(ended.code()).isZero();
            assertThat(calls().stream().filter(call -> call.startsWith("port-forward")))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .last()
                    .asString()
                    .contains("pod/mine-trainer-1");
            nothingIsLeftRunning();
        }
    }

    @Test
    void endsItsForwardsIfItIsKilled() throws Exception {
        try (FakeServices services = FakeServices.up()) {
            Process following = following(services);
            following.destroyForcibly().waitFor();
            nothingIsLeftRunning();
        }
    }

    @Test
    void cancelsWhileNoTrainerIsReady() throws IOException {
        try (FakeServices services = FakeServices.up()) {
            services.says("selector", "DELETE /runs/a", 202, "{'id':'a','state':'RUNNING','requested':['a']}")
                    .says("selector", "DELETE /runs/b", 202, "{'id':'b','state':'FAILED','requested':[]}");
            pod(services, "mine", "trainer", "mine-trainer-0", false);
            pod(services, "mine", "selector", "mine-selector-0", true);
            Ended ended = dietsb("cancel a b --release mine");
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out().lines())
                    .containsExactly(
                            "a is to be cancelled: no trainer answers, and the next one that takes its order ends it",
                            "b is over: FAILED");
            // And another command says what is missing, and what shows why
            assertThat(dietsb("runs --release mine").err())
                    .isEqualTo(
                            "dietsb: no pod of the trainer is ready in release mine in namespace ml: see kubectl -n ml"
                                    + " describe pods -l app.kubernetes.io/instance=mine,app.kubernetes.io/component=trainer\n");
        }
    }

    @Test
    void saysWhichReleaseItLacks() throws IOException {
        try (FakeServices services = FakeServices.up()) {
            assertThat(dietsb("runs --context lab"))
                    .isEqualTo(new Ended(
                            1,
                            "",
                            "dietsb: kubectl finds no pod with the label app.kubernetes.io/part-of=dietsb there: name the"
                                    + " context and the namespace of the release with --context and --namespace\n"));
            assertThat(dietsb("runs --context unknown").err())
                    .isEqualTo("dietsb: kubectl get pods: context \"unknown\" does not exist\n");
            pod(services, "mine", "trainer", "mine-trainer-0", true);
            pod(services, "yours", "trainer", "yours-trainer-0", true);
            assertThat(dietsb("runs --namespace ml").err())
                    .isEqualTo("dietsb: --release is missing: namespace ml has the releases mine, yours\n");
            assertThat(dietsb("runs --release hers").err())
                    .isEqualTo("dietsb: --release is hers, allowed is a release of namespace ml: mine, yours\n");
        }
    }
}
