package org.dietsb.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node, broker and controller in one: {@code Broker PORT CONTROLLER_PORT FOLDER [SETTINGS]}. SETTINGS is a file of
 * Kafka properties that take precedence, such as those of TLS and SASL; in it, {@code client.*} are the properties of a client
 * that the broker admits, {@code prefix} is what the names of the topics begin with, and {@code scram} is a user for {@code kafka-storage format --add-scram}. If the environment has
 * {@value #LOGIN}, the JAAS line of a user, the broker and its controller admit that user alone, see {@link OneUser}. Formats the
 * folder on first use, creates the topics of topics.json, prints {@value #READY}, and runs until its standard input ends (its
 * parent has ended or stops it) or SIGTERM. If it cannot start it prints {@value #FAILED} and the reason, in one line.
 */
public final class Broker {
    static final String READY = "broker is ready";
    static final String FAILED = "broker failed: ";
    static final String CLIENT = "client.";
    static final String SCRAM = "scram";
    static final String PREFIX = "prefix";
    static final String LOGIN = "DIETSB_KAFKA_LOGIN";
    static final String LOG = "dietsb.broker.log";

    private static final long MOST_LOGGED = 5L << 20;

    private Broker() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3 || arguments.length > 4) {
            System.err.println("usage: broker PORT CONTROLLER_PORT FOLDER [SETTINGS]");
            System.exit(2);
        }
        if (System.getProperty(LOG) != null) {
            System.setErr(new PrintStream(
                    new BoundedLog(Path.of(System.getProperty(LOG)), MOST_LOGGED), true, StandardCharsets.UTF_8));
        }
        try {
            start(
                    Integer.parseInt(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Path.of(arguments[2]),
                    settings(arguments.length == 4 ? arguments[3] : null, System.getenv(LOGIN)));
        } catch (IOException | InterruptedException | ExecutionException | RuntimeException failed) {
            failed.printStackTrace();
            System.out.println(FAILED + reason(failed, arguments[0]));
            System.exit(1);
        }
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // Input has no meaning, except for its end.
        }
        System.exit(0);
    }

    private static Properties settings(@Nullable String file, @Nullable String login) throws IOException {
        Properties settings = file == null ? new Properties() : read(Files.newInputStream(Path.of(file)));
        if (login != null) {
            settings.putAll(resource("login.properties"));
            for (String who : List.of("listener.name.sasl_plaintext.", "listener.name.controller.")) {
                String mechanism = who + "scram-sha-512.";
                settings.setProperty(mechanism + "sasl.jaas.config", login);
                settings.setProperty(mechanism + "sasl.server.callback.handler.class", OneUser.class.getName());
            }
            settings.setProperty(CLIENT + "sasl.jaas.config", login);
        }
        return settings;
    }

    private static void start(int port, int controllerPort, Path folder, Properties more)
            throws IOException, InterruptedException, ExecutionException {
        String listener = more.getProperty("security.inter.broker.protocol", "PLAINTEXT") + "://127.0.0.1:" + port;
        Properties settings = resource("server.properties");
        settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.setProperty("listeners", listener + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.setProperty("advertised.listeners", listener);
        settings.setProperty("log.dirs", folder.resolve("log").toString());
        Map<String, Object> client = new LinkedHashMap<>(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        for (String name : more.stringPropertyNames()) {
            String value = more.getProperty(name);
            if (name.startsWith(CLIENT)) {
                client.put(name.substring(CLIENT.length()), value);
            } else if (!name.equals(SCRAM) && !name.equals(PREFIX)) {
                settings.setProperty(name, value);
            }
        }
        format(folder, settings, more.getProperty(SCRAM, ""));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        Features.raise(client);
        try {
            Topics.make(client, more.getProperty(PREFIX, ""));
        } catch (Topics.OtherTopicsException older) {
            throw new IOException(
                    older.getMessage() + ": move " + folder + " away; it holds runs and scores of another version",
                    older);
        }
    }

    /** Returns the root cause, in one line. */
    private static String reason(Exception failed, String port) {
        Throwable cause = failed;
        while (cause.getCause() != null && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        String message = cause instanceof BindException ? "port " + port + " is in use" : cause.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    private static void format(Path folder, Properties settings, String scram) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("server.properties");
        // It may hold a password.
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        List<String> command = new ArrayList<>(List.of(
                "format",
                "--ignore-formatted",
                "--cluster-id",
                clusterId(folder.resolve("log").resolve("meta.properties")),
                "--config",
                file.toString()));
        if (!scram.isEmpty()) {
            command.addAll(List.of("--add-scram", scram));
        }
        int failed = StorageTool.execute(
                command.toArray(new String[0]), new PrintStream(System.err, true, StandardCharsets.UTF_8));
        if (failed != 0) {
            throw new IOException("cannot format " + folder);
        }
    }

    /** Returns that of the folder, if it is formatted: Kafka rejects another. */
    private static String clusterId(Path formatted) throws IOException {
        Properties known = Files.isRegularFile(formatted) ? read(Files.newInputStream(formatted)) : new Properties();
        return known.getProperty("cluster.id", Uuid.randomUuid().toString());
    }

    /** Reads properties from beside this class. */
    static Properties resource(String name) throws IOException {
        return read(Broker.class.getResourceAsStream(name));
    }

    private static Properties read(InputStream properties) throws IOException {
        try (properties) {
            Properties read = new Properties();
            read.load(properties);
            return read;
        }
    }
}
