package org.dietsb.kit.topic;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A producer with a thread of its own, so that no caller waits for the broker: a producer blocks while it does not know a topic yet.
 * Thread-safe.
 */
public final class BackgroundProducer {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Producer<String, byte[]> producer;
    private final ExecutorService thread;

    /**
     * Takes ownership of a producer.
     *
     * @param name name of the thread
     */
    public BackgroundProducer(String name, Producer<String, byte[]> producer) {
        this.producer = producer;
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread daemon = new Thread(work, name);
            daemon.setDaemon(true);
            return daemon;
        });
    }

    /** Creates a producer to own, which blocks for at most 10 seconds; the given settings take precedence. */
    public static Producer<String, byte[]> producer(ClientSettings kafka, Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000));
        settings.putAll(own);
        return kafka.producer(settings);
    }

    /** Receives the outcome of sending one record. */
    public interface Outcome {
        /**
         * Is called once.
         *
         * @param failure null if the broker has stored the record
         */
        void sent(@Nullable Exception failure);
    }

    /** Runs a task in the thread of this producer and returns at once. Returns false if this producer is closed. */
    public boolean execute(Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** Sends a record. Tasks of {@link #execute} call this. */
    public void send(ProducerRecord<String, byte[]> record, Outcome outcome) {
        try {
            var unused = producer.send(record, (stored, failure) -> outcome.sent(failure));
        } catch (KafkaException | IllegalStateException failure) {
            outcome.sent(failure);
        }
    }

    /** Spends up to 2 seconds on the waiting tasks and up to 2 seconds on the records in flight. */
    public void close() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            thread.shutdownNow();
        }
        producer.close(PATIENCE);
    }
}
