package org.dietsb.trainer.run;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.dietsb.contracts.RunId;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic run-events: what this trainer's runs do goes out; what any trainer's do, and requests to cancel, come in. */
@Singleton
class RunEvents {
    static final String TOPIC = "run-events";
    private static final Logger LOG = Logger.getLogger(RunEvents.class);

    private final Producer<String, byte[]> producer;
    private final RunRegistry registry;
    private final ReadPosition position;
    /** Keys of the attempts that run here: what is read back of them is old news. */
    private final Set<String> own = ConcurrentHashMap.newKeySet();

    RunEvents(Producer<String, byte[]> producer, RunRegistry registry, TopicEnds ends, DeadLetters deadLetters) {
        this.producer = producer;
        this.registry = registry;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Publishes a queued run; false, and nothing, if its id is taken. */
    boolean publishNew(Run run) {
        if (!registry.acceptNew(run)) {
            return false;
        }
        publish(run);
        return true;
    }

    void publish(Run run) {
        String key = run.order().runId() + "/" + (run.attempt() < 0 ? "queued" : run.attempt());
        if (run.attempt() >= 0) {
            own.add(key);
        }
        registry.accept(run);
        var unused = send(key, RunEvent.newBuilder().setRun(RunWire.toWire(run)).build());
    }

    /**
     * Asks whoever holds the run to cancel it; nobody holds one that is queued, so that one ends here. Returns when the
     * request is stored.
     *
     * @throws IOException if it is not; this trainer obeys it all the same
     */
    void cancel(Run run, String who) throws IOException, InterruptedException {
        String runId = run.order().runId();
        registry.cancel(runId);
        Future<RecordMetadata> request = send(
                runId + "/cancel",
                RunEvent.newBuilder()
                        .setCancelRequested(CancelRequested.newBuilder()
                                .setRunId(runId)
                                .setWho(who)
                                .setEpochMillis(System.currentTimeMillis()))
                        .build());
        if (run.state() == Run.State.QUEUED) {
            publish(run.ended(Run.State.CANCELLED, "cancelled before it began", System.currentTimeMillis()));
        }
        try {
            request.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("topic " + TOPIC + " cannot be written: " + failed.getMessage(), failed);
        }
    }

    private Future<RecordMetadata> send(String key, RunEvent event) {
        return producer.send(new ProducerRecord<>(TOPIC, key, event.toByteArray()), (stored, failed) -> {
            if (failed != null) {
                LOG.warnf("News of %s was not stored: %s", key, failed);
            }
        });
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        String key = message.key();
        position.read(message, value -> {
            if (key != null && own.contains(key)) {
                return;
            }
            RunEvent event = RunEvent.parseFrom(value);
            switch (event.getEventCase()) {
                case RUN -> registry.accept(RunWire.fromWire(event.getRun()));
                case CANCEL_REQUESTED -> {
                    RunId.check("id", event.getCancelRequested().getRunId());
                    registry.cancel(event.getCancelRequested().getRunId());
                }
                case EVENT_NOT_SET -> LOG.debug("A run event of a later version was passed over");
            }
        });
    }

    /** Whether everything that was there at the start has been read. */
    boolean isRead() {
        return position.isCaughtUp();
    }

    /** Waits until everything that is there now has been read; false if that took too long. */
    boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitEnd(timeout);
    }

    @PreDestroy
    void close() {
        producer.flush();
    }
}
