package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.UserError;

/**
 * The program kubectl, in one context and namespace. It reads the kubeconfig, and logs in, as it does for whoever calls it by hand.
 *
 * @param place its options of context and namespace
 */
record Kubectl(List<String> place) {
    private static final String LIMIT = "--request-timeout=20s";
    private static final String LISTENS = "Forwarding from ";
    private static final int SECONDS_TO_LISTEN = 30;

    /** Reads objects as JSON. */
    JsonNode get(String... what) {
        Process kubectl = start(line(List.of("get", "--output=json", LIMIT), what), false);
        Guard.end(kubectl);
        CompletableFuture<String> complaints = CompletableFuture.supplyAsync(() -> lastLine(kubectl.errorReader()));
        return UserError.onFailure("cannot read what kubectl prints", () -> {
            byte[] json = kubectl.getInputStream().readAllBytes();
            if (exitCode(kubectl) != 0) {
                throw new UserError("kubectl get " + what[0] + ": " + complaints.join());
            }
            return Json.MAPPER.readTree(json);
        });
    }

    /**
     * Forwards ports of this machine to a pod, and returns when they listen.
     *
     * @param ports pairs {@code LOCAL:REMOTE}
     * @return the process that forwards until it or the pod ends, guarded
     */
    Process forward(String pod, String... ports) {
        List<String> line = line(List.of("port-forward", "--address=127.0.0.1", "pod/" + pod), ports);
        Process kubectl = start(Guard.around("kubectl", line), true);
        CompletableFuture<String> trouble = new CompletableFuture<>();
        Thread reader = new Thread(() -> follow(kubectl, ports.length, trouble), "kubectl-port-forward");
        reader.setDaemon(true);
        reader.start();
        try {
            String why = trouble.get(SECONDS_TO_LISTEN, TimeUnit.SECONDS);
            if (why.isEmpty()) {
                return kubectl;
            }
            Guard.end(kubectl);
            throw new UserError("kubectl port-forward pod/" + pod + ": " + why);
        } catch (TimeoutException | ExecutionException slow) {
            Guard.end(kubectl);
            throw new UserError(
                    "kubectl port-forward pod/" + pod + " does not listen after " + SECONDS_TO_LISTEN + " seconds");
        } catch (InterruptedException interrupted) {
            Guard.end(kubectl);
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    /** Reads all that kubectl prints, a line for each connection, so that its pipe is never full. */
    private static void follow(Process kubectl, int wanted, CompletableFuture<String> trouble) {
        int listening = 0;
        String last = "it ended without a word";
        try (BufferedReader lines = kubectl.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = bare(line);
                listening += line.startsWith(LISTENS) ? 1 : 0;
                if (listening == wanted) {
                    trouble.complete("");
                }
            }
        } catch (IOException ended) {
            last = String.valueOf(ended.getMessage());
        }
        trouble.complete(last);
    }

    private List<String> line(List<String> command, String... rest) {
        List<String> line = new ArrayList<>(List.of("kubectl"));
        line.addAll(command);
        line.addAll(place);
        line.addAll(Arrays.asList(rest));
        return line;
    }

    private static Process start(List<String> line, boolean merged) {
        try {
            return new ProcessBuilder(line).redirectErrorStream(merged).start();
        } catch (IOException missing) {
            throw new UserError("kubectl is not on the PATH: --context and --namespace need it");
        }
    }

    private static int exitCode(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    /** Returns a message without the words that it begins with in every case. */
    private static String bare(String message) {
        return message.replaceFirst("^(?i:error)( from server [(][A-Za-z]+[)])?: ", "");
    }

    private static String lastLine(BufferedReader reader) {
        try (BufferedReader lines = reader) {
            return lines.lines()
                    .filter(line -> !line.isBlank())
                    .reduce((before, after) -> after)
                    .map(Kubectl::bare)
                    .orElse("it failed without a word");
        } catch (IOException broken) {
            return String.valueOf(broken.getMessage());
        }
    }
}
