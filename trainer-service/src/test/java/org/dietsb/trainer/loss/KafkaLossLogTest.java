package org.dietsb.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.wire.AttemptOpened;
import org.junit.jupiter.api.Test;

class KafkaLossLogTest {
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final MaskInbox inbox = new MaskInbox(trip -> {});

    private KafkaLossLog open() throws Exception {
        CompletableFuture<KafkaLossLog> log = CompletableFuture.supplyAsync(() -> {
            try {
                return KafkaLossLog.open(producer, "run", 0, AttemptOpened.getDefaultInstance());
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
