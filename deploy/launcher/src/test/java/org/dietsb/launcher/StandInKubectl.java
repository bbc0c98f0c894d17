package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.dietsb.launcher.text.Json;

/**
 * Stands in for kubectl where no cluster is: {@code get} prints a file of its folder, and {@code port-forward} copies bytes to that port
 * of this machine, until the file {@code POD.ends} exists. The tests on a real node use the real one.
 */
final class StandInKubectl {
    private StandInKubectl() {}

    /** Runs it; the first argument is its folder. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> line = List.of(arguments).subList(1, arguments.length);
        Files.writeString(
                folder.resolve("calls"),
                ProcessHandle.current().pid() + " " + String.join(" ", line) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        if (line.contains("--context=unknown")) {
            System.err.println("E1201 noise\nerror: context \"unknown\" does not exist");
            System.exit(1);
        }
        if (line.get(0).equals("get")) {
            System.out.println(
                    line.contains("secret") ? Files.readString(folder.resolve("secret.json")) : pods(folder, line));
        } else {
            forward(folder, line);
        }
    }

    /** Returns the pods that have the labels of the selector. */
    private static JsonNode pods(Path folder, List<String> line) throws IOException {
        JsonNode all = Json.MAPPER.readTree(folder.resolve("pods.json").toFile());
        List<String> wanted = line.stream()
                .filter(word -> word.startsWith("--selector="))
                .flatMap(word ->
                        Arrays.stream(word.substring("--selector=".length()).split(",")))
                .toList();
        ObjectNode found = Json.object();
        for (JsonNode pod : all.path("items")) {
            JsonNode labels = pod.at("/metadata/labels");
            if (wanted.stream()
                    .map(label -> label.split("="))
                    .allMatch(label -> labels.path(label[0]).asText().equals(label[1]))) {
                found.withArray("items").add(pod);
            }
        }
        return found;
    }

    private static void forward(Path folder, List<String> line) throws IOException {
        for (String ports : line) {
            if (ports.matches("[0-9]+:[0-9]+")) {
                int[] pair = Arrays.stream(ports.split(":"))
                        .mapToInt(Integer::parseInt)
                        .toArray();
                ServerSocket listener = new ServerSocket(pair[0], 10, InetAddress.getLoopbackAddress());
                System.out.println("Forwarding from 127.0.0.1:" + pair[0] + " -> " + pair[1]);
                daemon(() -> {
                    while (true) {
                        Socket near = listener.accept();
                        System.out.println("Handling connection for " + pair[0]);
                        Socket far = new Socket(InetAddress.getLoopbackAddress(), pair[1]);
                        daemon(() -> near.getInputStream().transferTo(far.getOutputStream()));
                        daemon(() -> far.getInputStream().transferTo(near.getOutputStream()));
                    }
                });
            }
        }
        String pod = line.stream()
                .filter(word -> word.startsWith("pod/"))
                .findFirst()
                .orElseThrow()
                .substring(4);
        while (!Files.exists(folder.resolve(pod + ".ends"))) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException interrupted) {
                return;
            }
        }
        System.out.println("error: lost connection to pod");
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                throw new UncheckedIOException(closed);
            }
        });
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, closed) -> {});
        thread.start();
    }
}
