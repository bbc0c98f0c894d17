package org.dietsb.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/**
 * A broker for tests that requires TLS and the password of a user (SASL/SCRAM-SHA-512), with a certificate generated at its
 * start. Closing it removes everything.
 */
public final class LockedBroker implements AutoCloseable {
    private static final String MASTER = "dietsb";

    private final LocalBroker broker;
    private final Path certificate;
    private final String user;
    private final String password;

    private LockedBroker(LocalBroker broker, Path certificate, String user, String password) {
        this.broker = broker;
        this.certificate = certificate;
        this.user = user;
        this.password = password;
    }

    /**
     * Starts it with the topics, and waits until it is ready. Its client has exactly the rights that deploy/acls.json gives
     * to a service.
     *
     * @param service as named in acls.json
     * @param prefix what the names of topics and groups begin with
     */
    public static LockedBroker startFor(String service, String prefix) {
        LockedBroker master = start(prefix);
        LockedBroker locked = new LockedBroker(
                master.broker, master.certificate, service, UUID.randomUUID().toString());
        try {
            Rights.grant(Map.copyOf(master.client()), service, locked.password, prefix);
        } catch (IOException | InterruptedException | ExecutionException failed) {
            locked.close();
            throw new IllegalStateException("rights of " + service + " could not be granted", failed);
        }
        return locked;
    }

    /** Starts it with a client that may do everything. */
    private static LockedBroker start(String prefix) {
        try {
            Path folder = Files.createTempDirectory("dietsb-locked-broker");
            String password = UUID.randomUUID().toString();
            Path keys = folder.resolve("broker.p12");
            Path certificate = folder.resolve("broker.pem");
            String keyPassword = UUID.randomUUID().toString();
            keytool(
                    "-genkeypair -alias broker -keyalg RSA -keysize 2048 -validity 2 -dname CN=broker -ext"
                            + " SAN=ip:127.0.0.1 -storetype PKCS12 -keystore",
                    keys,
                    keyPassword);
            keytool("-exportcert -alias broker -rfc -file " + certificate + " -keystore", keys, keyPassword);

            Properties settings = Broker.resource("locked.properties");
            settings.setProperty(Broker.CLIENT + "sasl.jaas.config", login(MASTER, password));
            settings.setProperty(Broker.CLIENT + "ssl.truststore.location", certificate.toString());
            settings.setProperty(Broker.PREFIX, prefix);
            settings.setProperty(Broker.SCRAM, "SCRAM-SHA-512=[name=" + MASTER + ",password=" + password + "]");
            settings.setProperty("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", login(MASTER, password));
            settings.setProperty("ssl.keystore.location", keys.toString());
            settings.setProperty("ssl.keystore.password", keyPassword);
            settings.setProperty("ssl.key.password", keyPassword);
            settings.setProperty("ssl.truststore.location", certificate.toString());
            Path file = folder.resolve("locked.properties");
            try (var out = Files.newOutputStream(file)) {
                settings.store(out, null);
            }
            LocalBroker broker = LocalBroker.spawn(LocalBroker.freePort(), folder.resolve("kafka"), folder, file, null)
                    .awaitReady();
            return new LockedBroker(broker, certificate, MASTER, password);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Returns the properties of a Kafka client that the broker admits. */
    public Map<String, String> client() {
        return client(password);
    }

    /** Returns the same properties with another password. */
    public Map<String, String> client(String another) {
        return new TreeMap<>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                login(user, another),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                certificate.toString()));
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    private static void keytool(String command, Path keys, String password) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of(command.split(" ")));
        line.addAll(List.of(keys.toString(), "-storepass", password));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
