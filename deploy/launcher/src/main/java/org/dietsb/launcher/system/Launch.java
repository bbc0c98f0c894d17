package org.dietsb.launcher.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * A Java program to start beside the broker.
 *
 * @param name name of the process and of its log, unique among running processes
 * @param java arguments of {@code java}
 * @param service name of the service, which is ready when its REST interface reports so; null for another program, which is
 *     ready at once
 * @param port port of the REST interface
 * @param management port of health and metrics
 * @param token token with write access, passed in the environment; null disables write access
 * @param environment further variables of the environment
 */
public record Launch(
        String name,
        List<String> java,
        @Nullable String service,
        int port,
        int management,
        @Nullable String token,
        Map<String, String> environment) {

    /** Copies its collections. */
    public Launch {
        java = List.copyOf(java);
        environment = Map.copyOf(environment);
    }

    /**
     * Returns a service, which must have been built, with health and metrics on any free port.
     *
     * @param options options of {@code java}
     */
    public static Launch service(String service, int port, List<String> options, String bootstrapServers) {
        return service(service, port, freePort(), options, bootstrapServers);
    }

    /** Returns a service with health and metrics on a given port. */
    static Launch service(String service, int port, int management, List<String> options, String bootstrapServers) {
        Path jar = root().resolve(Path.of(service + "-service", "target", "quarkus-app", "quarkus-run.jar"))
                .normalize();
        if (!Files.isRegularFile(jar)) {
            throw new UserError(jar + " is missing: build it with mvn package");
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
        return new Launch(service, java, service, port, management, null, Map.of());
    }

    /** Returns a port that no program listens on. */
    static int freePort() {
        return UserError.onFailure("no port is free", LocalBroker::freePort);
    }

    /** Returns a program of the class path of this process. */
    public static Launch program(String name, Class<?> main, List<String> arguments) {
        List<String> java = new ArrayList<>(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        java.addAll(arguments);
        return new Launch(name, java, null, 0, 0, null, Map.of());
    }

    /** Returns this program under another name and with further options of {@code java}. */
    public Launch as(String another, String... options) {
        List<String> more = new ArrayList<>(List.of(options));
        more.addAll(java);
        return new Launch(another, more, service, port, management, token, environment);
    }

    /** Returns this program with a token that grants write access. */
    public Launch with(String newToken) {
        return new Launch(name, java, service, port, management, newToken, environment);
    }

    /** Returns this program with further variables in its environment. */
    Launch with(Map<String, String> variables) {
        Map<String, String> more = new TreeMap<>(environment);
        more.putAll(variables);
        return new Launch(name, java, service, port, management, token, more);
    }

    public static Path root() {
        return Path.of(System.getProperty("dietsb.root", "."));
    }
}
