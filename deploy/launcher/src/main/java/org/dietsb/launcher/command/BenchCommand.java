package org.dietsb.launcher.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.launcher.system.ComputeSettings;
import org.dietsb.launcher.system.ExitHook;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Passes its arguments to the benchmarks in a JVM of their own. They run code of the services, so they need the trainer's libraries and heap. */
@Command(
        name = "bench",
        description =
                "Measure the latency of masks, the cost of policies, the selector under load, and the reading of pictures, on"
                        + " a private broker and services. See dietsb bench --help.")
public final class BenchCommand implements Callable<Integer> {
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
        Process bench = UserError.onFailure("cannot start the benchmark", builder::start);
        try (ExitHook unused = new ExitHook("stop-bench", () -> stop(bench))) {
            return bench.waitFor();
        }
    }

    /** Ends the benchmark, and waits until it has stopped the processes that it started. */
    private static void stop(Process bench) {
        bench.destroy();
        try {
            var unused = bench.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the project's classes as built, and the libraries of the trainer and of this command. */
    private static String classPath() {
        Path root = Launch.root().toAbsolutePath().normalize();
        List<Path> classes = Stream.of(
                        "deploy/bench",
                        "deploy/testbed",
                        "deploy/launcher",
                        "deploy/broker",
                        "deploy/contracts",
                        "trainer-service",
                        "selector-service")
                .map(module -> root.resolve(module).resolve(Path.of("target", "classes")))
                .toList();
        for (Path folder : classes) {
            if (!Files.isDirectory(folder)) {
                throw new UserError(folder + " is missing: build it with mvn package");
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
