package org.dietsb.trainer.news;

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

/** Topic run-events: publishes this trainer's runs; reads the runs of all trainers and requests to cancel. */
@Singleton
public class RunEvents {
    static final String TOPIC = "run-events";
    /** Why a run is over that was cancelled before a trainer began it. */
    public static final String CANCELLED_BEFORE_START = "cancelled before it began";

    private static final Logger LOG = Logger.getLogger(RunEvents.class);

    private final Producer<String, byte[]> producer;
    private final RunRegistry registry;
    private final ReadPosition position;
    /** Keys of attempts that run here. Events read back with these keys are outdated. */
    private final Set<String> own = ConcurrentHashMap.newKeySet();

    RunEvents(Producer<String, byte[]> producer, RunRegistry registry, TopicEnds ends, DeadLetters deadLetters) {
        this.producer = producer;
        this.registry = registry;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Publishes a queued run; returns false, without publishing, if its id is taken. */
    public boolean publishNew(Run run) {
        if (!registry.acceptNew(run)) {
            return false;
        }
        publish(run);
        return true;
    }

    public void publish(Run run) {
        String key = run.id() + "/" + (run.attempt() < 0 ? "queued" : run.attempt());
        if (run.attempt() >= 0) {
            own.add(key);
        }
        registry.accept(run);
        var unused = send(key, RunEvent.newBuilder().setRun(RunWire.toWire(run)).build());
    }

    /** Publishes that a run is over that no trainer trains now. */
    public void publishEnd(Run run, Run.State how, String why) {
        publish(run.ended(how, why, System.currentTimeMillis()));
    }

    /**
     * Requests the trainer that holds the run to cancel it; no trainer holds a queued run, so that ends here. Returns when the
     * request is stored.
     *
     * @throws IOException if the request cannot be stored; this trainer obeys it nevertheless
     */
    public void cancel(Run run, String who) throws IOException, InterruptedException {
        registry.cancel(run.id());
        Future<RecordMetadata> request = send(
                run.id() + "/cancel",
                RunEvent.newBuilder()
                        .setCancelRequested(CancelRequested.newBuilder()
                                .setRunId(run.id())
                                .setWho(who)
                                .setEpochMillis(System.currentTimeMillis()))
                        .build());
        if (run.state() == Run.State.QUEUED) {
            publishEnd(run, Run.State.CANCELLED, CANCELLED_BEFORE_START);
        }
        try {
            request.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("cannot write to topic " + TOPIC + ": " + failed.getMessage(), failed);
        }
    }

    private Future<RecordMetadata> send(String key, RunEvent event) {
        return producer.send(new ProducerRecord<>(TOPIC, key, event.toByteArray()), (stored, failed) -> {
            if (failed != null) {
                LOG.warnf("Event %s was not stored: %s", key, failed);
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
                case EVENT_NOT_SET -> LOG.debug("Skipped a run event of a later version");
            }
        });
    }

    /** Whether all events that were stored at start-up have been read. */
    public boolean isRead() {
        return position.isCaughtUp();
    }

    /** Waits until all events that are stored now have been read; returns false on timeout. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitEnd(timeout);
    }

    @PreDestroy
    void close() {
        producer.flush();
    }
}
