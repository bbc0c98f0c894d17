package org.dietsb.kit.topic;

import java.util.Map;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What the names of all topics and groups at the broker begin with, so that several systems share it. Code, meters and dead letters
 * name topics without it. Producers of {@link ClientSettings} add it to topics, and {@link ClientSettings#with} to groups; consumers and admin clients
 * take {@link #at}.
 *
 * @param text setting {@value #SETTING}; empty: none
 */
public record Prefix(String text) {
    static final String SETTING = "dietsb.prefix";

    private static final int LONGEST = 100;
    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9._-]*");
    public static final Prefix NONE = new Prefix("");

    /** @throws IllegalArgumentException if a topic's name cannot begin with it */
    public Prefix {
        if (!ALLOWED.matcher(text).matches() || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    SETTING + " is \"" + text + "\", allowed is up to " + LONGEST + " of [a-zA-Z0-9._-]");
        }
    }

    /** Returns the name at the broker of a topic or group. */
    public String at(String name) {
        return text + name;
    }

    /** Returns the name in this project of a topic or group at the broker. */
    public String of(String nameAtBroker) {
        return nameAtBroker.startsWith(text) ? nameAtBroker.substring(text.length()) : nameAtBroker;
    }

    Producer<String, byte[]> producer(Map<String, Object> settings) {
        return text.isEmpty()
                ? new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())
                : new Prefixing(settings, this);
    }

    private static final class Prefixing extends KafkaProducer<String, byte[]> {
        private final Prefix prefix;

        Prefixing(Map<String, Object> settings, Prefix prefix) {
            super(settings, new StringSerializer(), new ByteArraySerializer());
            this.prefix = prefix;
        }

        /** The other method to send calls this one. */
        @Override
        public Future<RecordMetadata> send(ProducerRecord<String, byte[]> message, @Nullable Callback callback) {
            ProducerRecord<String, byte[]> named = new ProducerRecord<>(
                    prefix.at(message.topic()),
                    message.partition(),
                    message.timestamp(),
                    message.key(),
                    message.value(),
                    message.headers());
            return super.send(named, callback);
        }
    }
}
