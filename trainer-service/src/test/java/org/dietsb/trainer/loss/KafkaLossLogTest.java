package org.dietsb.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.junit.jupiter.api.Test;

class KafkaLossLogTest {
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final MaskInbox inbox = new MaskInbox(trip -> {});

    private KafkaLossLog open() throws Exception {
        CompletableFuture<KafkaLossLog> log = CompletableFuture.supplyAsync(() -> {
            try {
                return KafkaLossLog.open(
                        producer,
                        "run",
                        0,
                        AttemptOpened.newBuilder().setWindow(3).build());
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        while (!producer.completeNext()) {
            Thread.onSpinWait();
        }
        KafkaLossLog opened = log.get();
        opened.whenRefused(inbox::offer);
        return opened;
    }

    /** Returns what was written since the attempt was opened: the kind of each message, and how many batches or steps it has. */
    private List<String> written() {
        return producer.history().stream()
                .skip(1)
                .map(record -> {
                    try {
                        LossMessage message = LossMessage.parseFrom(record.value());
                        int of = message.hasBatchSpan()
                                ? message.getBatchSpan().getBatchesCount()
                                : message.getTrainedSteps().getStepsCount();
                        return message.getEventCase() + (of == 0 ? "" : " of " + of);
                    } catch (InvalidProtocolBufferException unreadable) {
                        throw new AssertionError(unreadable);
                    }
                })
                .toList();
    }

    private static Announcement batch(int batch) {
        return new Announcement(1, batch, 0, null, new int[] {batch}, null, false);
    }

    private static void train(KafkaLossLog log, int steps) {
        for (int step = 0; step < steps; step++) {
            log.trained(1, new int[] {step}, PassLosses.of(1));
        }
    }

    @Test
    void stepsAreWrittenTogetherBeforeTheNextMessage() throws Exception {
        KafkaLossLog log = open();
        log.takesSpans(true);
        log.announceSpan(List.of(batch(0), batch(1)));
        train(log, 2);
        log.announce(batch(2));
        train(log, 1);
        log.requestState(1, 3);
        train(log, 4);
        log.openEpoch(2, 0, null, false);

        assertThat(written())
                .containsExactly(
                        "BATCH_SPAN of 2",
                        "TRAINED_STEPS of 2",
                        "BATCH_LOSSES",
                        "TRAINED_LOSSES",
                        "STATE_REQUESTED",
                        "TRAINED_STEPS of 3",
                        "TRAINED_LOSSES",
                        "EPOCH_OPENED");
    }

    @Test
    void stepsOfManyExamplesAreWrittenInMoreMessages() throws Exception {
        KafkaLossLog log = open();
        log.takesSpans(true);
        for (int step = 0; step < 3; step++) {
            log.trained(1, new int[40_000], PassLosses.of(new float[40_000]));
        }
        log.requestState(1, 3);

        assertThat(written()).containsExactly("TRAINED_STEPS of 2", "TRAINED_LOSSES", "STATE_REQUESTED");
    }

    @Test
    void stepsAreWrittenOneByOneForASelectorThatTakesNoSpans() throws Exception {
        KafkaLossLog log = open();
        log.takesSpans(false);
        train(log, 2);

        assertThat(written()).containsExactly("TRAINED_LOSSES", "TRAINED_LOSSES");
    }

    @Test
    void aSpanReportsTimeOutsWithItsFirstBatch() throws Exception {
        KafkaLossLog log = open();
        log.timedOut(new TimedOutBatch(1, 0, OnTimeout.WHOLE));
        log.announceSpan(List.of(batch(1), batch(2)));

        List<BatchLosses> batches = LossMessage.parseFrom(
                        producer.history().get(1).value())
                .getBatchSpan()
                .getBatchesList();
        assertThat(batches).extracting(BatchLosses::getTimedOutCount).containsExactly(1, 0);
        assertThat(batches).extracting(BatchLosses::getBatch).containsExactly(1, 2);
    }

    /** Otherwise the trainer would wait for the answer to a question that was never asked. */
    @Test
    void aMessageThatKafkaRefusesForGoodEndsTheAttempt() throws Exception {
        KafkaLossLog log = open();
        log.openEpoch(1, 0, null, false);
        producer.errorNext(new RecordTooLargeException("the message is too large"));
        assertThat(inbox.awaitEpoch(1))
                .isEqualTo(new Answer.Refused(
                        "a message to topic batch-losses cannot be stored: the message is too large"));
    }

    @Test
    void aMessageThatTheBrokerDidNotTakeInTimeMayBeAskedAgain() throws Exception {
        KafkaLossLog log = open();
        log.openEpoch(1, 0, null, false);
        producer.errorNext(new TimeoutException("expired"));
        assertThat(inbox.awaitBatch(1, 0, Duration.ZERO)).isEqualTo(new Answer.TimedOut());
    }
}
