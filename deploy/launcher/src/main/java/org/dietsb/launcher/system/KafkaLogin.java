package org.dietsb.launcher.system;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.dietsb.launcher.text.UserError;

/**
 * The login that the broker of a system demands.
 *
 * @param client properties of a Kafka client that it admits
 */
record KafkaLogin(Map<String, String> client) {
    private static final String JAAS = "sasl.jaas.config";

    /** Copies its map. */
    KafkaLogin {
        client = Map.copyOf(client);
    }

    /** Reads the login of the user's home. Creates one if there is none. */
    static KafkaLogin of(Home home) {
        TokenFile file = TokenFile.ofKafka(home);
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(file.readOrMake()));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        Map<String, String> client = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> client.put(name, properties.getProperty(name)));
        if (!client.containsKey(JAAS)) {
            throw new UserError(file.file() + " lacks " + JAAS + ": delete it to have another created");
        }
        return new KafkaLogin(client);
    }

    /** Returns the JAAS line, from which the broker learns the user. */
    String jaas() {
        return client.getOrDefault(JAAS, "");
    }

    /** Returns the environment in which a service logs in. Unlike a command line, no other user can read it. */
    Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        client.forEach((name, value) ->
                environment.put("KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        return environment;
    }
}
