package org.dietsb.trainer.news;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.dietsb.trainer.wire.RunEvent;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes to topic run-events, and knows whether the broker accepts what this trainer writes. Thread-safe. */
@Singleton
final class EventWriter {
    private static final Logger LOG = Logger.getLogger(EventWriter.class);
    /** Key of a message without content, written to find out whether this trainer can write. */
    private static final String PROBE = "/probe";

    private static final long PROBE_SECONDS = 5;
    private static final long STORED_SECONDS = 30;

    private final Producer<String, byte[]> producer;
    /** Why the last event was not stored; empty if it was. */
    private volatile String refusal = "nothing was written yet";

    EventWriter(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /** Writes an event; returns whether it is stored. */
    CompletableFuture<Void> send(String key, RunEvent event) {
        return send(key, event.toByteArray());
    }

    /** Deletes what is stored under a key; returns whether that is stored. */
    CompletableFuture<Void> delete(String key) {
        return send(key, (byte[]) null);
    }

    /** Deletes what is stored under these keys, in this order; returns when that is stored or refused. */
    void delete(List<String> keys) {
        keys.forEach(this::delete);
        flush();
    }

    private CompletableFuture<Void> send(String key, byte @Nullable [] value) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(RunEvents.TOPIC, key, value), (place, failed) -> {
                if (failed == null) {
                    refusal = "";
                    stored.complete(null);
                } else {
                    refused(key, failed);
                    stored.completeExceptionally(failed);
                }
            });
        } catch (KafkaException failed) {
            refused(key, failed);
            stored.completeExceptionally(failed);
        }
        return stored;
    }

    private void refused(String key, Exception failed) {
        String why = failed.toString();
        if (!why.equals(refusal)) {
            LOG.warnf("Event %s was not stored; no order is taken before events are: %s", key, why);
        }
        refusal = why;
    }

    /** Waits until an event is stored. */
    static void await(CompletableFuture<Void> stored) throws IOException, InterruptedException {
        try {
            stored.get(STORED_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("cannot write to topic " + RunEvents.TOPIC + ": " + failed.getMessage(), failed);
        }
    }

    String refusal() {
        return refusal;
    }

    boolean canWrite() throws InterruptedException {
        if (refusal.isEmpty()) {
            return true;
        }
        try {
            send(PROBE, RunEvent.getDefaultInstance()).get(PROBE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException refused) {
            return false;
        } catch (TimeoutException away) {
            refusal = "the broker does not answer";
            return false;
        }
    }

    void flush() {
        producer.flush();
    }
}
