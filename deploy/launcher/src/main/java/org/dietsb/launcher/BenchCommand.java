package org.dietsb.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Hands its arguments to the benchmarks, in a JVM of their own: they run what the services are made of, so they need the
 * trainer's libraries and its heap.
 */
@Command(
        name = "bench",
        description = "Measure: masks on their way, the cost of policies, the selector under load. "
                + "Uses a broker and services of its own. See dietsb bench --help.")
final class BenchCommand implements Callable<Integer> {
    private static final String MAIN = "org.dietsb.bench.Bench";

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-Ddietsb.root=" + Launch.root(),
                "-cp",
                classPath(),
                MAIN));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        ComputeSettings.into(builder.environment());
        try {
            Process bench = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(bench), "stop-bench"));
            return bench.waitFor();
        } catch (IOException failed) {
            throw new UserError("cannot start the benchmark: " + failed.getMessage());
        }
    }

    /** Ends it, if this process is asked to end first, and waits until it has stopped what it started. */
    private static void stop(Process bench) {
        bench.destroy();
        try {
            var unused = bench.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The project's classes as built, and the libraries where the trainer and this command have them already. */
    private static String classPath() {
        Path root = Launch.root().toAbsolutePath().normalize();
        List<Path> classes = Stream.of(
                        "deploy/bench",
                        "deploy/launcher",
                        "deploy/broker",
                        "deploy/contracts",
                        "trainer-service",
                        "selector-service")
                .map(module -> root.resolve(module).resolve(Path.of("target", "classes")))
                .toList();
        for (Path folder : classes) {
            if (!Files.isDirectory(folder)) {
                throw new UserError(folder + " is not there: build with mvn package");
            }
        }
        Path trainer = root.resolve(Path.of("trainer-service", "target", "quarkus-app", "lib"));
        Stream<Path> libraries = Stream.of(
                trainer.resolve("boot"),
                trainer.resolve("main"),
                root.resolve(Path.of("deploy", "launcher", "target", "lib")),
                root.resolve(Path.of("deploy", "bench", "target", "lib")));
        return Stream.concat(classes.stream().map(Path::toString), libraries.map(folder -> folder + "/*"))
                .collect(Collectors.joining(":"));
    }
}
