package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/**
 * A Java program to start beside the broker.
 *
 * @param name of the process and of its log; one of its kind may be up under each name
 * @param java what java is started with
 * @param service which service it is, ready when its REST interface says so; null for another program, ready at once
 * @param port of that interface
 * @param management port of its health and metrics
 * @param token that lets in writers, handed over in the environment; null = nobody may write
 */
public record Launch(
        String name,
        List<String> java,
        @Nullable String service,
        int port,
        int management,
        @Nullable String token) {

    /** Copies its list. */
    public Launch {
        java = List.copyOf(java);
    }

    /**
     * The service of this name, which must have been built; its health is told on any free port.
     *
     * @param options of java
     */
    public static Launch service(String service, int port, List<String> options, String bootstrapServers) {
        try {
            return service(service, port, LocalBroker.freePort(), options, bootstrapServers);
        } catch (IOException failed) {
            throw new UserError("no port is free: " + failed.getMessage());
        }
    }

    /** The same with its health on this port. */
    public static Launch service(String service, int port, int management, List<String> options, String bootstrapServers) {
        Path jar = root().resolve(Path.of(service + "-service", "target", "quarkus-app", "quarkus-run.jar"))
                .normalize();
        if (!Files.isRegularFile(jar)) {
            throw new UserError(jar + " is not there: build with mvn package");
        }
        List<String> java = new ArrayList<>(options);
        java.addAll(List.of(
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.management.port=" + management,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dkafka.bootstrap.servers=" + bootstrapServers,
                "-jar",
                jar.toString()));
        return new Launch(service, java, service, port, management, null);
    }

    /** A program of the class path that this process has. */
    public static Launch program(String name, Class<?> main, List<String> arguments) {
        List<String> java = new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        java.addAll(arguments);
        return new Launch(name, java, null, 0, 0, null);
    }

    /** The same under another name, and with more options of java. */
    public Launch as(String another, String... options) {
        List<String> more = new ArrayList<>(List.of(options));
        more.addAll(java);
        return new Launch(another, more, service, port, management, token);
    }

    /** The same, and whoever has this token may write. */
    public Launch with(String newToken) {
        return new Launch(name, java, service, port, management, newToken);
    }

    /** The folder of the project. */
    public static Path root() {
        return Path.of(System.getProperty("dietsb.root", "."));
    }
}
