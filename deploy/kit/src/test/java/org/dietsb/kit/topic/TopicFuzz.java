package org.dietsb.kit.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Feeds mutated messages to the reader of a whole topic. */
public final class TopicFuzz {
    /** Seed of every mutation. */
    public static final long SEED = Long.getLong("fuzz.seed", 20_240_607);

    private TopicFuzz() {}

    /**
     * Feeds mutations of valid messages, with healthy messages evenly between them. The reader must count each message as read or as a dead
     * letter.
     *
     * @param healthy messages that are fed in this order, unchanged
     */
    public static void feed(
            String topic, List<byte[]> valid, List<byte[]> healthy, Consumer<ConsumerRecord<String, byte[]>> reader) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Metrics.addRegistry(registry);
        try {
            Mutations mutations = new Mutations(new Random(SEED));
            long started = System.nanoTime();
            int step = Mutations.MESSAGES / (healthy.size() + 1);
            int given = 0;
            for (int i = 0; i < Mutations.MESSAGES; i++) {
                if (i % step == step - 1 && given < healthy.size()) {
                    reader.accept(new ConsumerRecord<>(topic, 0, i, "healthy", healthy.get(given++)));
                    continue;
                }
                byte[] mutant = mutations.of(valid);
                try {
                    reader.accept(new ConsumerRecord<>(topic, 0, i, "other", mutant));
                } catch (RuntimeException undeclared) {
                    throw new AssertionError("seed " + SEED + ", topic " + topic + ", message " + i, undeclared);
                }
            }
            double read = count(registry, "dietsb_messages_read", topic);
            double dead = count(registry, "dietsb_dead_letters", topic);
            System.out.printf(
                    "%s: %d fed = %.0f read + %.0f dead letters, %.1f s%n",
                    topic, Mutations.MESSAGES, read, dead, (System.nanoTime() - started) / 1e9);
            assertThat(given).isEqualTo(healthy.size());
            assertThat(count(registry, "dietsb_unforeseen_errors", topic))
                    .as("seed %d, topic %s", SEED, topic)
                    .isZero();
            assertThat(read + dead).as("seed %d, topic %s", SEED, topic).isEqualTo(Mutations.MESSAGES);
            assertThat(dead).as("seed %d, topic %s", SEED, topic).isPositive();
        } finally {
            Metrics.removeRegistry(registry);
        }
    }

    private static double count(SimpleMeterRegistry registry, String name, String topic) {
        return registry.get(name).tag("topic", topic).counter().count();
    }
}
