package org.dietsb.trainer.news;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.contracts.run.WholeRuns;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic run-events: publishes this trainer's runs; reads those of all trainers, and requests to cancel. */
@Singleton
public class RunEvents {
    static final String TOPIC = "run-events";
    /** Why a run is over that was cancelled before a trainer began it. */
    public static final String CANCELLED_BEFORE_START = "cancelled before it began";

    private static final Logger LOG = Logger.getLogger(RunEvents.class);

    private final EventWriter writer;
    private final Takes takes;
    private final RunRegistry registry;
    private final LostRuns lost;
    private final ReadPosition position;
    private final WholeRuns whole = new WholeRuns();
    private final StoredRuns stored = new StoredRuns();
    private final OwnAttempts own = new OwnAttempts();
    /** Whether what was published last of a run is stored, until someone has waited for it. */
    private final Map<String, CompletableFuture<Void>> unconfirmed = new ConcurrentHashMap<>();
    /** What was written of runs that do not run here, or no longer, until their last state is stored. */
    private final Map<String, RunNews> ended = new ConcurrentHashMap<>();

    RunEvents(
            EventWriter writer,
            Takes takes,
            RunRegistry registry,
            LostRuns lost,
            TopicEnds ends,
            DeadLetters deadLetters) {
        this.writer = writer;
        this.takes = takes;
        this.registry = registry;
        this.lost = lost;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /**
     * Publishes a queued run; returns false, without publishing, if its id is taken.
     *
     * @throws IOException if it cannot be stored; it is over then
     */
    public boolean publishNew(Run run) throws IOException, InterruptedException {
        return registry.acceptNew(run) && storeQueued(run);
    }

    /**
     * Publishes a run that is over as queued again; returns false, without publishing, if it has changed meanwhile.
     *
     * @throws IOException if it cannot be stored; it is over then
     */
    public boolean publishAgain(Run over) throws IOException, InterruptedException {
        Run again = over.queuedAgain();
        return registry.acceptAfter(over, again) && storeQueued(again);
    }

    private boolean storeQueued(Run run) throws IOException, InterruptedException {
        try {
            publish(run);
            awaitStored(run.id());
            return true;
        } catch (IOException unwritten) {
            publishEnd(run, Run.State.FAILED, String.valueOf(unwritten.getMessage()));
            throw unwritten;
        }
    }

    /** Publishes what is new of a run, unless a newer state of it is known. */
    public synchronized void publish(Run run) {
        if (!registry.accept(run)) {
            return;
        }
        String key = RunNews.key(run);
        RunNews news;
        if (run.state() == Run.State.RUNNING) {
            news = own.running(key);
        } else {
            news = Objects.requireNonNullElseGet(own.over(key), () -> ended.getOrDefault(run.id(), new RunNews()));
            ended.put(run.id(), news);
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(news.of(run).entrySet().stream()
                .map(message -> writer.send(message.getKey(), message.getValue()))
                .toArray(CompletableFuture[]::new));
        unconfirmed.put(run.id(), all);
        var unused = all.whenComplete((stored, refused) -> {
            if (refused != null) {
                news.writeAgain();
            }
        });
    }

    /** Deletes what was written of a run only until its end, which is stored now. */
    private void tidy(String runId) {
        RunNews news = ended.remove(runId);
        if (news != null) {
            news.passing().forEach(writer::delete);
        }
    }

    /** Publishes that a run is over that no trainer trains now. */
    public void publishEnd(Run run, Run.State how, String why) {
        publish(run.ended(how, why, System.currentTimeMillis()));
    }

    /** Publishes that a run is over that no trainer trains now; returns when that is stored. */
    public void end(Run run, Run.State how, String why) throws IOException, InterruptedException {
        publishEnd(run, how, why);
        awaitStored(run.id());
    }

    private void awaitStored(String runId) throws IOException, InterruptedException {
        CompletableFuture<Void> last = unconfirmed.remove(runId);
        if (last != null) {
            EventWriter.await(last);
            tidy(runId);
        }
    }

    /**
     * Waits until what was published last of a run is stored. What the broker refuses is published again until it accepts it. Returns
     * false if stopped before.
     */
    public boolean awaitStored(String runId, BooleanSupplier stopped) throws InterruptedException {
        while (!stopped.getAsBoolean()) {
            CompletableFuture<Void> last = unconfirmed.get(runId);
            if (last == null) {
                return true;
            }
            try {
                last.get(1, TimeUnit.SECONDS);
                unconfirmed.remove(runId, last);
                tidy(runId);
            } catch (TimeoutException slow) {
                LOG.tracef("What became of run %s is not stored yet", runId);
            } catch (ExecutionException refused) {
                Thread.sleep(1_000);
                registry.find(runId).ifPresent(this::publish);
            }
        }
        return false;
    }

    /** Why this trainer cannot write to the topic; empty if it can. */
    public String refusal() {
        return writer.refusal();
    }

    /** Whether this trainer can write to the topic; tries if it could not the last time. */
    public boolean canWrite() throws InterruptedException {
        return writer.canWrite();
    }

    /**
     * Requests the trainer that holds the run to cancel it; no trainer holds a queued run, so that ends here. Returns when the
     * request is stored.
     *
     * @throws IOException if the request cannot be stored; this trainer obeys it nevertheless
     */
    public void cancel(Run run, String who) throws IOException, InterruptedException {
        registry.cancel(run.id(), run.resumed());
        CompletableFuture<Void> request =
                writer.send(run.id() + "/cancel", RunWire.cancelRequest(run, who, System.currentTimeMillis()));
        if (run.state() == Run.State.QUEUED) {
            end(run, Run.State.CANCELLED, CANCELLED_BEFORE_START);
        }
        EventWriter.await(request);
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        String key = message.key();
        position.read(message, value -> {
            if (own.wrote(key)) {
                return;
            }
            if (key != null && message.value() == null) {
                if (registry.removed(key)) {
                    whole.remove(StoredRuns.runId(key));
                }
                return;
            }
            RunEvent event = RunEvent.parseFrom(value);
            switch (event.getEventCase()) {
                case RUN -> {
                    Run run = RunWire.fromWire(whole.read(event.getRun()));
                    boolean over = run.state().isOver();
                    if (over) {
                        own.endRead(key);
                    }
                    registry.accept(run, over ? stored.over(key, event.getRun(), message.offset()) : List.of());
                }
                case PART -> {
                    whole.add(event.getPart());
                    stored.part(key, message.offset());
                }
                case BEAT ->
                    registry.accept(
                            event.getBeat().getRunId(),
                            event.getBeat().getAttempt(),
                            RunWire.fromWire(event.getBeat().getPosition()));
                case TAKE -> registry.accept(RunWire.fromWire(event.getTake()));
                case CANCEL_REQUESTED -> cancel(event.getCancelRequested());
                case EVENT_NOT_SET -> LOG.debug("Skipped a run event of a later version");
            }
            lost.heard(key, registry, message.timestamp());
        });
    }

    private void cancel(CancelRequested request) {
        RunId.check("id", request.getRunId());
        registry.cancel(request.getRunId(), request.getResumed());
        // The sender of the request learns whether a trainer holds the run.
        boolean isHeld = takes.repeat(request.getRunId());
        if (!isHeld && position.isCaughtUp()) {
            // No trainer holds a queued run, so any one ends it.
            registry.find(request.getRunId())
                    .filter(run -> run.state() == Run.State.QUEUED && registry.isCancelled(run.id()))
                    .ifPresent(run -> publishEnd(run, Run.State.CANCELLED, CANCELLED_BEFORE_START));
        }
    }

    /** Whether all events that were stored at start-up have been read. */
    public boolean isRead() {
        return position.isCaughtUp();
    }

    /** Waits until all events that are stored now have been read; returns false on timeout. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitEnd(timeout);
    }

    /** Deletes what is stored under these keys, in this order. */
    void delete(List<String> keys) {
        writer.delete(keys);
    }

    @PreDestroy
    void close() {
        writer.flush();
    }
}
