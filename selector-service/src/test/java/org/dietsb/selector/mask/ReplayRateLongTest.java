package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.dietsb.broker.LocalBroker;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.junit.jupiter.api.Test;

/** How fast a run is rebuilt: 200,000 batches of 128, judged by percentile of the last 1,024 losses. Prints it. */
class ReplayRateLongTest {
    private static final int BATCHES = 200_000;
    private static final int BATCH = 128;

    @Test
    void rebuildsALongRun() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            fill(broker.bootstrapServers());
            try (LoneSelector selector = LoneSelector.start(broker.bootstrapServers())) {
                await().atMost(Duration.ofMinutes(5)).until(() -> selector.meter("dietsb_selector_rebuilt_runs") == 1);
                double replayed = selector.meter("dietsb_selector_replayed");
                assertThat(replayed).isEqualTo(BATCHES + 2);
                assertThat(selector.meter("dietsb_selector_sent_again"))
                        .as("a window, and the epoch")
                        .isEqualTo(4 + 1);
                System.out.printf(
                        "replayed %.0f messages in %.1f s%n", replayed, selector.meter("dietsb_selector_recovery"));
            }
        }
    }

    private static void fill(String bootstrapServers) throws Exception {
        AttemptOpened.Builder opened =
                AttemptOpened.newBuilder().setSeed(7).setBatchSize(BATCH).setWindow(4);
        opened.getDatasetBuilder().setCount(50_000);
        Policy policy =
                Stored.SELECTIVE.toBuilder().setRule(Policy.Rule.PERCENTILE).build();
        Random random = new Random(1);
        try (Producer<String, byte[]> producer = PlainClients.producer(bootstrapServers)) {
            long attempt = producer.send(record(LossMessage.newBuilder().setAttemptOpened(opened)))
                    .get()
                    .offset();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            LossMessage.Builder epoch = LossMessage.newBuilder().setAttempt(attempt);
            epoch.getEpochOpenedBuilder().setEpoch(1).setPolicy(policy);
            sent.add(producer.send(record(epoch)));
            for (int b = 0; b < BATCHES; b++) {
                BatchLosses.Builder batch = BatchLosses.newBuilder().setEpoch(1).setBatch(b);
                batch.addAllIndices(Draws.of(random, 0, 50_000, BATCH));
                batch.getIndicesList().forEach(index -> batch.addLosses(random.nextFloat()));
                sent.add(producer.send(
                        record(LossMessage.newBuilder().setAttempt(attempt).setBatchLosses(batch))));
            }
            for (Future<RecordMetadata> stored : sent) {
                stored.get();
            }
        }
    }

    private static ProducerRecord<String, byte[]> record(LossMessage.Builder message) {
        return new ProducerRecord<>(
                "batch-losses", 3, "long", message.setRunId("long").build().toByteArray());
    }
}
