package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A Kubernetes API server that {@code cluster/api} runs, without controllers and nodes, and Helm beside it. Skips the tests if programs are missing.
 * Ends with the standard input of the script, so with this process at the latest.
 */
final class ApiServer implements AutoCloseable {
    private static final Path SCRIPT = Path.of("cluster/api");
    private static final int MISSING = 3;

    private final Process process;
    private final Path kubeconfig;
    private final Path programs;
    private final KubernetesClient client;

    private ApiServer(Process process, Path kubeconfig) throws IOException {
        this.process = process;
        this.kubeconfig = kubeconfig;
        programs = kubeconfig.resolveSibling("bin");
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    static ApiServer started() throws Exception {
        Path said = Files.createTempFile(Path.of("target"), "api-server", ".log");
        Process process = new ProcessBuilder(
                        SCRIPT.toAbsolutePath().toString(), "sh", "-c", "echo \"$KUBECONFIG\"; cat > /dev/null")
                .redirectError(said.toFile())
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            int status = process.waitFor();
            Assumptions.assumeFalse(status == MISSING, Files.readString(said));
            throw new AssertionError("exit status " + status + ": " + Files.readString(said));
        }
        return new ApiServer(process, Path.of(line));
    }

    KubernetesClient client() {
        return client;
    }

    boolean has(String program) {
        return Files.isExecutable(programs.resolve(program));
    }

    /** What a program said, and its exit status. */
    record Ended(int status, String output) {
        Ended succeeded() {
            assertThat(status).as(output).isZero();
            return this;
        }
    }

    Ended run(List<String> command) throws Exception {
        List<String> resolved = new ArrayList<>(command);
        resolved.set(0, programs.resolve(command.get(0)).toString());
        ProcessBuilder builder = new ProcessBuilder(resolved).redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        for (String home : List.of("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")) {
            builder.environment().put(home, kubeconfig.resolveSibling("helm").toString());
        }
        Process run = builder.start();
        run.getOutputStream().close();
        String output = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(run.waitFor(), output);
    }

    @Override
    public void close() throws Exception {
        client.close();
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroy();
            throw new AssertionError("the API server did not end within 30 s");
        }
    }
}
