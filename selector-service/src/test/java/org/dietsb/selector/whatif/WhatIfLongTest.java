package org.dietsb.selector.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.broker.LocalBroker;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.TenPolicies;
import org.dietsb.selector.run.Sheets;
import org.dietsb.selector.source.NoSources;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.junit.jupiter.api.Test;

/** How long ten policies take on the recorded losses of 200 epochs of 50,000 examples, read from a broker. Prints it. */
class WhatIfLongTest {
    private static final int EXAMPLES = 50_000;
    private static final int EPOCHS = 200;
    private static final int BATCH = 128;
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @Test
    void tenPoliciesJudgeEveryEpoch() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            fill(broker.bootstrapServers());
            WhatIf whatIf = new WhatIf(
                    new RunLog(new LogStretch(PlainClients.settings(broker.bootstrapServers()))),
                    new NoSources(),
                    (examples, fingerprint) ->
                            Optional.of(new ScoreSet("tens", fingerprint, new float[examples], tens())),
                    TestConfig.of(Map.of()),
                    MACHINE.getAvailableProcessors());
            List<WhatIf.Epoch> epochs = new ArrayList<>();

            long before = System.nanoTime();
            long cpuBefore = MACHINE.getProcessCpuTime();
            whatIf.of(Sheets.at(EXAMPLES, EPOCHS, EPOCHS, 0), TenPolicies.all(), epochs::add);
            double seconds = (System.nanoTime() - before) / 1e9;
            double cpuSeconds = (MACHINE.getProcessCpuTime() - cpuBefore) / 1e9;

            assertThat(epochs).hasSize(EPOCHS);
            assertThat(epochs).allSatisfy(epoch -> assertThat(epoch.policies())
                    .hasSize(10)
                    .allSatisfy(tried -> assertThat(tried.refused()).isNull()));
            System.out.printf(
                    "what-if of 10 policies, %d epochs of %d examples: %.1f s on %d processors, of which they computed"
                            + " %.1f s%n",
                    EPOCHS, EXAMPLES, seconds, MACHINE.getAvailableProcessors(), cpuSeconds);
        }
    }

    /** Labels of ten classes. */
    private static int[] tens() {
        return IntStream.range(0, EXAMPLES).map(index -> index % 10).toArray();
    }

    private static void fill(String bootstrapServers) throws Exception {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(7)
                .setEpochs(EPOCHS)
                .setBatchSize(BATCH)
                .setWindow(4);
        opened.getDatasetBuilder().setCount(EXAMPLES);
        try (Producer<String, byte[]> producer = PlainClients.producer(bootstrapServers)) {
            var unanswered = LossMessage.newBuilder()
                    .setAttemptClosed(LossMessage.newBuilder().getAttemptClosedBuilder());
            producer.send(record(unanswered.setAttempt(0).setRunId("another"), "another"))
                    .get();
            long attempt = producer.send(record(LossMessage.newBuilder().setAttemptOpened(opened), "run"))
                    .get()
                    .offset();
            assertThat(attempt).as("as the run's sheet says").isEqualTo(1);
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                var begins = LossMessage.newBuilder().setAttempt(attempt);
                begins.getEpochOpenedBuilder().setEpoch(epoch);
                producer.send(record(begins, "run"));
                LossEpoch recorded = TenPolicies.recorded(epoch, EXAMPLES, BATCH);
                for (int number = 0; number < recorded.batches().size(); number++) {
                    BatchLosses.Builder batch =
                            BatchLosses.newBuilder().setEpoch(epoch).setBatch(number);
                    for (int index : recorded.batches().get(number)) {
                        batch.addIndices(index).addLosses(recorded.losses()[index]);
                    }
                    producer.send(
                            record(LossMessage.newBuilder().setAttempt(attempt).setBatchLosses(batch), "run"));
                }
            }
            var closed = LossMessage.newBuilder().setAttempt(attempt);
            closed.getAttemptClosedBuilder().setReason("completed");
            producer.send(record(closed, "run")).get();
        }
    }

    private static ProducerRecord<String, byte[]> record(LossMessage.Builder message, String run) {
        return new ProducerRecord<>(
                "batch-losses", 3, run, message.setRunId(run).build().toByteArray());
    }
}
