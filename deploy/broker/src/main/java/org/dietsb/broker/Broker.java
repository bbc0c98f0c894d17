package org.dietsb.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/**
 * One Kafka node, broker and controller in one: {@code Broker PORT CONTROLLER_PORT FOLDER [SETTINGS]}. SETTINGS is a file of
 * properties of Kafka that come first, such as those of TLS and SASL; in it, {@code client.*} are those of a client that it
 * lets in, and {@code scram} is a user for {@code kafka-storage format --add-scram}. Formats the folder on first
 * use, makes the topics of topics.json, prints {@value #READY}, and runs until its standard input ends (whoever started it
 * is gone or wants it to stop) or SIGTERM. If it cannot start it prints {@value #FAILED} and why, in one line.
 */
public final class Broker {
    static final String READY = "broker is ready";
    static final String FAILED = "broker failed: ";
    static final String CLIENT = "client.";
    static final String SCRAM = "scram";

    private Broker() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3 || arguments.length > 4) {
            System.err.println("usage: broker PORT CONTROLLER_PORT FOLDER [SETTINGS]");
            System.exit(2);
        }
        try {
            start(
                    Integer.parseInt(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Path.of(arguments[2]),
                    arguments.length == 4 ? read(Path.of(arguments[3])) : new Properties());
        } catch (IOException | InterruptedException | ExecutionException | RuntimeException failed) {
            failed.printStackTrace();
            System.out.println(FAILED + reason(failed, arguments[0]));
            System.exit(1);
        }
        System.out.println(READY);
        while (System.in.read() >= 0) {
            // Nothing is said to a broker this way: only the end counts.
        }
        System.exit(0);
    }

    private static void start(int port, int controllerPort, Path folder, Properties more)
            throws IOException, InterruptedException, ExecutionException {
        String protocol = more.getProperty("security.inter.broker.protocol", "PLAINTEXT");
        Properties settings = settings(protocol, port, controllerPort, folder.resolve("log"));
        Map<String, Object> client = new LinkedHashMap<>(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        for (String name : more.stringPropertyNames()) {
            String value = more.getProperty(name);
            if (name.startsWith(CLIENT)) {
                client.put(name.substring(CLIENT.length()), value);
            } else if (!name.equals(SCRAM)) {
                settings.setProperty(name, value);
            }
        }
        format(folder, settings, more.getProperty(SCRAM, ""));
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        Features.raise(client);
        try {
            Topics.make(client);
        } catch (Topics.OtherTopicsException older) {
            throw new IOException(
                    older.getMessage() + ": move " + folder + " away; it holds runs and scores of another version",
                    older);
        }
    }

    /** What is at the bottom of it, in a line. */
    private static String reason(Exception failed, String port) {
        Throwable cause = failed;
        while (cause.getCause() != null && !(cause instanceof IOException)) {
            cause = cause.getCause();
        }
        String message = cause instanceof BindException ? "port " + port + " is in use" : cause.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    private static Properties settings(String protocol, int port, int controllerPort, Path log) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listeners", protocol + "://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", protocol + "://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("log.dirs", log.toString());
        settings.put("auto.create.topics.enable", "false");
        settings.put("offsets.topic.num.partitions", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");
        settings.put("group.initial.rebalance.delay.ms", "0");
        // Nobody follows this controller: twice a second is more than it has to say.
        settings.put("metadata.max.idle.interval.ms", "10000");
        // Back soon after a kill -9: the old session must expire first.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        Properties properties = new Properties();
        settings.forEach((name, value) -> properties.setProperty(name, String.valueOf(value)));
        return properties;
    }

    private static void format(Path folder, Properties settings, String scram) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("server.properties");
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

    /** That of the folder, if it is formatted: Kafka refuses another. */
    private static String clusterId(Path formatted) throws IOException {
        Properties known = Files.isRegularFile(formatted) ? read(formatted) : new Properties();
        return known.getProperty("cluster.id", Uuid.randomUuid().toString());
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return properties;
    }
}
