package org.dietsb.bench.history;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.trainer.wire.ClassCount;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;

/** Writes runs that are over to topic run-events, as a trainer writes them. */
final class FinishedRuns {
    private static final int EXAMPLES = 50_000;
    private static final long SECOND = 1_000;

    private FinishedRuns() {}

    /** Writes runs that ended one second after the other, the last one now; returns the bytes of their messages. */
    static long write(String bootstrapServers, int runs, int epochs) {
        long now = System.currentTimeMillis();
        long bytes = 0;
        try (Producer<String, byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 5),
                new StringSerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < runs; i++) {
                Run run = run(i, epochs, now - (runs - i) * SECOND);
                byte[] event = RunEvent.newBuilder().setRun(run).build().toByteArray();
                bytes += event.length;
                producer.send(
                        new ProducerRecord<>("run-events", 0, run.getOrder().getRunId() + "/" + i, event));
            }
        }
        return bytes;
    }

    private static Run run(int number, int epochs, long queued) {
        org.dietsb.selector.wire.Policy policy = PolicyWire.toWire(Policy.BASELINE);
        return Run.newBuilder()
                .setOrder(TrainingOrder.newBuilder()
                        .setRunId(String.format(Locale.ROOT, "run-%08d", number))
                        .setDataset(DatasetChoice.newBuilder().setName("cifar10"))
                        .setModel("resnet20")
                        .setSeed(number)
                        .setRecipe(Recipe.newBuilder()
                                .setEpochs(epochs)
                                .setBatchSize(128)
                                .setLearningRate(.1)
                                .setSchedule(Recipe.Schedule.COSINE)
                                .setMomentum(.9)
                                .setWeightDecay(5e-4)
                                .setCrop(true)
                                .setFlip(true))
                        .setWindow(4)
                        .setFirstPolicy(policy)
                        .setMaskTimeoutMillis(30_000)
                        .setOnTimeout(TrainingOrder.OnTimeout.WHOLE))
                .setAttempt(number)
                .setState(Run.State.COMPLETED)
                .setDataset(DatasetIdentity.newBuilder()
                        .setName("cifar10")
                        .setCount(EXAMPLES)
                        .setClasses(10)
                        .setChecksum("f00d".repeat(16)))
                .setQueuedMillis(queued)
                .setStartedMillis(queued + 1)
                .setEndedMillis(queued + SECOND)
                .addPolicies(PlacedPolicy.newBuilder().setPolicy(policy).setEpoch(1))
                .addAllEpochs(IntStream.rangeClosed(1, epochs)
                        .mapToObj(FinishedRuns::epoch)
                        .toList())
                .setAccuracy(.91)
                .setBitIdentical(true)
                .addAllKeptPerClass(List.of(
                        ClassCount.newBuilder()
                                .setName("cat")
                                .setCount(5_000)
                                .setKept(5_000)
                                .build(),
                        ClassCount.newBuilder()
                                .setName("dog")
                                .setCount(5_000)
                                .setKept(5_000)
                                .build()))
                .setWeightsChecksum("beef".repeat(16))
                .build();
    }

    private static Epoch epoch(int number) {
        return Epoch.newBuilder()
                .setEpoch(number)
                .setAccuracy(.9)
                .setTrainLoss(1.0 / number)
                .setLearningRate(.1 / number)
                .setSeconds(60.5)
                .setSeen(EXAMPLES)
                .setSelected(EXAMPLES)
                .setSteps(391)
                .setBackwardExamples(EXAMPLES)
                .addPolicyRevisions(0)
                .setEvaluationSeconds(1.5)
                .setStepSeconds(59.5)
                .setShare(1)
                .build();
    }
}
