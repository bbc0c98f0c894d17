package org.dietsb.trainer.run;

import com.google.protobuf.InvalidProtocolBufferException;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/** Topic run-events: what this trainer's runs do goes out; what any trainer's do, and requests to cancel, come in. */
@ApplicationScoped
class RunEvents {
    static final String IN = "run-events";
    static final String OUT = "run-events-out";
    private static final Logger LOG = Logger.getLogger(RunEvents.class);

    private final Emitter<Record<String, byte[]>> emitter;
    private final RunRegistry registry;

    RunEvents(
            @Channel(OUT) @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<Record<String, byte[]>> emitter,
            RunRegistry registry) {
        this.emitter = emitter;
        this.registry = registry;
    }

    void publish(Run run) {
        registry.accept(run);
        String key = run.order().runId() + "/" + (run.attempt() < 0 ? "queued" : run.attempt());
        send(key, RunEvent.newBuilder().setRun(RunWire.toWire(run)).build());
    }

    void requestCancel(String runId, String who) {
        registry.cancel(runId);
        send(
                runId + "/cancel",
                RunEvent.newBuilder()
                        .setCancelRequested(CancelRequested.newBuilder()
                                .setRunId(runId)
                                .setWho(who)
                                .setEpochMillis(System.currentTimeMillis()))
                        .build());
    }

    private void send(String key, RunEvent event) {
        var unused = emitter.send(Record.of(key, event.toByteArray())).whenComplete((stored, failed) -> {
            if (failed != null) {
                LOG.warnf("News of %s was not stored: %s", key, failed);
            }
        });
    }

    @Incoming(IN)
    void read(byte[] message) {
        try {
            RunEvent event = RunEvent.parseFrom(message);
            switch (event.getEventCase()) {
                case RUN -> registry.accept(RunWire.fromWire(event.getRun()));
                case CANCEL_REQUESTED ->
                    registry.cancel(event.getCancelRequested().getRunId());
                case EVENT_NOT_SET -> LOG.debug("A run event of a later version was passed over");
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            LOG.warnf("A message on topic %s is no run event: %s", IN, poison.getMessage());
        }
    }
}
