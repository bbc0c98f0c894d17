package org.dietsb.selector.whatif;

import com.google.protobuf.InvalidProtocolBufferException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;

/** Reads what trainers wrote about a run to topic batch-losses, once more. Thread-safe. */
@Singleton
class RunLog {
    private static final Logger LOG = Logger.getLogger(RunLog.class);
    private static final String TOPIC = "batch-losses";
    /** A loop of its own may tell of its run after it has opened it. */
    private static final Duration BEFORE = Duration.ofMinutes(10);

    private final LogStretch log;

    RunLog(LogStretch log) {
        this.log = log;
    }

    /** Receives what the run was opened with, and then its epochs. */
    interface Reader {
        /** Called first. */
        void opened(AttemptOpened opened) throws RefusalException;

        /** Called for each epoch, in order. */
        void epoch(LossEpoch epoch);
    }

    /** Hands on the epochs of a run, each once. */
    void epochs(RunSheet run, Reader reader) throws RefusalException, IOException {
        LogStretch.Stretch stretch = stretch(run);
        LossLog losses = new LossLog(reader::epoch);
        messages(run, stretch, losses::scan);
        try {
            reader.opened(losses.opened());
        } catch (IllegalArgumentException incomplete) {
            throw new RefusalException("run " + run.id() + ": " + incomplete.getMessage());
        }
        messages(run, stretch, losses::read);
        losses.end();
    }

    /** Hands on all messages of a run with their offsets, in order. */
    void messages(RunSheet run, BiConsumer<LossMessage, Long> reader) throws RefusalException, IOException {
        messages(run, stretch(run), reader);
    }

    private LogStretch.Stretch stretch(RunSheet run) throws RefusalException, IOException {
        Instant started = run.started();
        if (started == null) {
            throw new RefusalException("run " + run.id() + " has not begun");
        }
        Instant first = run.queued().isBefore(started) ? run.queued() : started;
        return log.with(TOPIC, run.id(), run.attempt(), first.minus(BEFORE))
                .orElseThrow(() ->
                        new RefusalException("the losses of run " + run.id() + " are no longer on topic " + TOPIC));
    }

    private void messages(RunSheet run, LogStretch.Stretch stretch, BiConsumer<LossMessage, Long> reader)
            throws IOException {
        Consumer<ConsumerRecord<String, byte[]>> parsed = message -> {
            try {
                reader.accept(LossMessage.parseFrom(message.value()), message.offset());
            } catch (InvalidProtocolBufferException deadLetter) {
                LOG.debugf("Message %d of run %s is passed over: %s", message.offset(), run.id(), deadLetter);
            }
        };
        log.read(stretch, run.id(), parsed);
    }
}
