package org.dietsb.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * A broker of a test that lets in only who speaks TLS and knows a user's password (SASL/SCRAM-SHA-512). Its certificate is its
 * own, made now; all of it is gone when this is closed.
 */
public final class LockedBroker implements AutoCloseable {
    private static final String USER = "dietsb";

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
     * Ready, with the topics. Its client is a service, which has the rights that deploy/acls.json gives it, and no other.
     *
     * @param service as acls.json calls it
     */
    public static LockedBroker startFor(String service) {
        LockedBroker master = start();
        LockedBroker locked = new LockedBroker(master.broker, master.certificate, service, random());
        try {
            Rights.grant(Map.copyOf(master.client()), service, locked.password);
        } catch (IOException | InterruptedException | ExecutionException failed) {
            locked.close();
            throw new IllegalStateException("rights of " + service + " could not be granted", failed);
        }
        return locked;
    }

    /** Ready, with the topics, and a client that may do everything. */
    private static LockedBroker start() {
        try {
            Path folder = Files.createTempDirectory("dietsb-locked-broker");
            String password = random();
            Path keys = folder.resolve("broker.p12");
            Path certificate = folder.resolve("broker.pem");
            String keyPassword = random();
            keytool(
                    "-genkeypair -alias broker -keyalg RSA -keysize 2048 -validity 2 -dname CN=broker -ext SAN=ip:127.0.0.1"
                            + " -storetype PKCS12 -keystore",
                    keys,
                    keyPassword);
            keytool("-exportcert -alias broker -rfc -file " + certificate + " -keystore", keys, keyPassword);

            Properties settings = new Properties();
            client(certificate, USER, password)
                    .forEach((name, value) -> settings.setProperty(Broker.CLIENT + name, value));
            settings.setProperty(Broker.SCRAM, "SCRAM-SHA-512=[name=" + USER + ",password=" + password + "]");
            settings.setProperty("security.inter.broker.protocol", "SASL_SSL");
            settings.setProperty("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
            settings.setProperty("sasl.enabled.mechanisms", "SCRAM-SHA-512");
            settings.setProperty("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", login(USER, password));
            // Brokers reach controllers without a name.
            settings.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
            settings.setProperty("super.users", "User:" + USER + ";User:ANONYMOUS");
            settings.setProperty("ssl.keystore.type", "PKCS12");
            settings.setProperty("ssl.keystore.location", keys.toString());
            settings.setProperty("ssl.keystore.password", keyPassword);
            settings.setProperty("ssl.key.password", keyPassword);
            settings.setProperty("ssl.truststore.type", "PEM");
            settings.setProperty("ssl.truststore.location", certificate.toString());
            Path file = folder.resolve("locked.properties");
            try (var out = Files.newOutputStream(file)) {
                settings.store(out, null);
            }
            LocalBroker broker = LocalBroker.spawn(LocalBroker.freePort(), folder.resolve("kafka"), folder, file)
                    .awaitReady();
            return new LockedBroker(broker, certificate, USER, password);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What lets a client in, by the names that Kafka's clients have for it. */
    public Map<String, String> client() {
        return client(password);
    }

    /** The same with another password. */
    public Map<String, String> client(String another) {
        Map<String, String> client = client(certificate, user, another);
        client.put("bootstrap.servers", broker.bootstrapServers());
        return client;
    }

    private static Map<String, String> client(Path certificate, String user, String password) {
        return new TreeMap<>(Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", login(user, password),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", certificate.toString()));
    }

    private static String login(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\""
                + password + "\";";
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void keytool(String command, Path keys, String password) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        line.addAll(List.of(command.split(" ")));
        line.addAll(List.of(keys.toString(), "-storepass", password));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
