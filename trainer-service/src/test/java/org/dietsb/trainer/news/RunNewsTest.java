package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.RunEvent;
import org.junit.jupiter.api.Test;

/** What is published of a run fits, however long it is, and is the same run to whoever reads it. */
class RunNewsTest {
    /** The default of brokers and producers, message.max.bytes and max.request.size. */
    private static final int LARGEST = 1_048_576;

    private static Run run(int epochs, int policies, int classes, int revisionsInEpoch) {
        Run small = RunRegistryTest.run("long", 7, Run.State.RUNNING);
        EpochFigures like = small.epochs().get(0);
        List<Long> revisions = LongStream.range(0, revisionsInEpoch)
                .map(i -> 1_000_000 + i)
                .boxed()
                .toList();
        return new Run(
                small.order(),
                7,
                Run.State.RUNNING,
                "",
                small.dataset(),
                1,
                1,
                0,
                IntStream.range(0, policies)
                        .mapToObj(i -> new Run.PlacedPolicy(i, Policy.BASELINE, 1, i))
                        .toList(),
                IntStream.rangeClosed(1, epochs)
                        .mapToObj(epoch -> new EpochFigures(
                                epoch,
                                like.accuracy(),
                                like.trainLoss(),
                                like.learningRate(),
                                like.seconds(),
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                1L << 40,
                                like.meanLossSeen(),
                                like.meanLossSelected(),
                                like.maskWaitSeconds(),
                                like.maskTimeouts(),
                                revisions,
                                like.evaluationSeconds(),
                                like.selectionSeconds(),
                                like.stepSeconds(),
                                like.scaledSelectionExamples(),
                                .5))
                        .toList(),
                small.position(),
                .25,
                .5,
                null,
                true,
                IntStream.range(0, classes)
                        .mapToObj(i -> new Run.KeptOfClass("n%08d-".formatted(i).repeat(25), 100, i % 100))
                        .toList(),
                "",
                null,
                0,
                "",
                false);
    }

    private static void assertFits(Run run) throws Exception {
        Map<String, RunEvent> messages = new RunNews().of(run);
        assertThat(messages.values())
                .allSatisfy(message -> assertThat(message.getSerializedSize()).isLessThan(LARGEST / 2));
        // What another trainer knows of it.
        RunRegistry registry = new RunRegistry();
        RunEvents events = RunEventsFuzzTest.events(new MockProducer<>(), registry, TestDeadLetters.forgotten());
        long offset = 0;
        for (Map.Entry<String, RunEvent> message : messages.entrySet()) {
            events.read(new ConsumerRecord<>(
                    "run-events",
                    0,
                    offset++,
                    message.getKey(),
                    message.getValue().toByteArray()));
        }
        assertThat(registry.find("long")).contains(run);
    }

    /** The reader may be behind: it reads the last parts of a run that this trainer has ended, without those before them. */
    @Test
    void ownPartsThatAreReadAfterTheEndAreNoDeadLetters() {
        MockProducer<String, byte[]> producer =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        MockProducer<String, byte[]> letters =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        RunRegistry registry = new RunRegistry();
        RunEvents events = RunEventsFuzzTest.events(
                producer, registry, TestDeadLetters.of("trainer", letters, new SimpleMeterRegistry()));
        events.publish(run(1, 1, 1, 1));
        int read = producer.history().size();
        producer.history().forEach(message -> events.read(readBack(message)));
        events.publish(run(2, 1, 1, 1));
        Run over = run(3, 1, 1, 1).ended(Run.State.COMPLETED, "", 1);
        events.publish(run(3, 1, 1, 1));
        events.publish(over);

        producer.history().stream().skip(read).forEach(message -> events.read(readBack(message)));

        assertThat(letters.history()).isEmpty();
        assertThat(registry.find("long"))
                .hasValueSatisfying(run -> assertThat(run.state()).isEqualTo(Run.State.COMPLETED));
    }

    private static ConsumerRecord<String, byte[]> readBack(ProducerRecord<String, byte[]> written) {
        return new ConsumerRecord<>("run-events", 0, 0, written.key(), written.value());
    }

    @Test
    void tenThousandClassesOfLongNamesFit() throws Exception {
        Run run = run(1, 1, 10_000, 1);
        assertThat(RunWire.toWire(run).getSerializedSize()).as("in one message").isGreaterThan(LARGEST);
        assertFits(run);
    }

    @Test
    void manyEpochsFit() throws Exception {
        Run run = run(20_000, 1, 10, 1);
        assertThat(RunWire.toWire(run).getSerializedSize()).as("in one message").isGreaterThan(LARGEST);
        assertFits(run);
    }

    @Test
    void manySwapsFit() throws Exception {
        assertFits(run(300, 20_000, 10, 256));
    }

    @Test
    void revisionsOfAnEpochBeyondWhatFitsAreLeftOut() {
        Run run = run(255, 1, 1, 100_000).ended(Run.State.COMPLETED, "", 1);
        assertThat(new RunNews().of(run)).hasSize(1).values().allSatisfy(message -> {
            assertThat(message.getSerializedSize()).isLessThan(LARGEST / 2);
            assertThat(message.getRun().getEpochs(0).getPolicyRevisionsList()).hasSize(256);
        });
    }

    @Test
    void longReasonIsShortened() {
        Run run = RunRegistryTest.run("long", 7, Run.State.RUNNING).ended(Run.State.FAILED, "x".repeat(2_000_000), 1);
        RunEvent only = new ArrayList<>(new RunNews().of(run).values()).get(0);
        assertThat(only.getRun().getReason()).hasSize(4_003).endsWith("x...");
    }

    @Test
    void epochIsWrittenOnceAndABeatIfOnlyThePositionChanged() {
        RunNews news = new RunNews();
        assertThat(news.of(run(300, 1, 1, 1)).keySet())
                .containsExactly(
                        "long/7/now/policies/0",
                        "long/7/now/epochs/0",
                        "long/7/now/epochs/256",
                        "long/7/now/classes/0",
                        "long/7");
        Run next = run(301, 1, 1, 1);
        Map<String, RunEvent> epoch = news.of(next);
        assertThat(epoch.keySet()).containsExactly("long/7/now/epochs/300", "long/7");
        assertThat(epoch.get("long/7/now/epochs/300")).satisfies(part -> {
            assertThat(part.getPart().getFirst()).isEqualTo(300);
            assertThat(part.getPart().getEpochsList())
                    .extracting(one -> one.getEpoch())
                    .containsExactly(301);
        });
        assertThat(epoch.get("long/7")).satisfies(head -> {
            assertThat(head.getRun().getEpochsInParts()).isEqualTo(301);
            assertThat(head.getRun().getEpochsCount()).isZero();
        });
        Run.Position further = new Run.Position(302, 400, 9, 10, 1, 1, 0, 1);
        Map<String, RunEvent> beat = news.of(next.at(further));
        assertThat(beat).containsOnlyKeys("long/7/beat");
        RunEvent only = beat.values().iterator().next();
        assertThat(RunWire.fromWire(only.getBeat().getPosition())).isEqualTo(further);
        assertThat(only.getSerializedSize()).isLessThan(64);
    }

    @Test
    void runThatIsOverIsWrittenWholeAndWhatWasWrittenBeforeIsPassing() {
        RunNews news = new RunNews();
        var unused = news.of(run(300, 1, 1, 1));
        unused = news.of(run(301, 1, 1, 1));
        Map<String, RunEvent> end = news.of(run(301, 1, 1, 1).ended(Run.State.COMPLETED, "", 1));
        assertThat(end.keySet()).containsExactly("long/7/epochs/0", "long/7");
        assertThat(end.get("long/7")).satisfies(head -> {
            assertThat(head.getRun().getEpochsInParts()).isEqualTo(256);
            assertThat(head.getRun().getEpochsCount()).isEqualTo(45);
            assertThat(head.getRun().getEpochs(0).getEpoch()).isEqualTo(257);
            assertThat(head.getRun().getPoliciesCount()).isOne();
        });
        assertThat(news.passing())
                .containsExactly(
                        "long/7/now/epochs/300",
                        "long/7/now/classes/0",
                        "long/7/now/epochs/256",
                        "long/7/now/epochs/0",
                        "long/7/now/policies/0");
    }

    @Test
    void everythingIsWrittenAgainUnderOtherKeysIfSomethingWasNotStored() {
        RunNews news = new RunNews();
        var unused = news.of(run(1, 1, 1, 1));
        news.writeAgain();
        news.writeAgain();
        assertThat(news.of(run(1, 1, 1, 1)).keySet())
                .containsExactly("long/7/now1/policies/0", "long/7/now1/epochs/0", "long/7/now1/classes/0", "long/7");
    }

    @Test
    void classesWhoseCountsChangedAreWrittenAgain() {
        RunNews news = new RunNews();
        Run run = run(1, 1, 512, 1);
        assertThat(news.of(run).keySet()).contains("long/7/now/classes/0", "long/7/now/classes/256", "long/7");
        assertThat(news.of(run)).containsOnlyKeys("long/7/beat");
        List<Run.KeptOfClass> other = new ArrayList<>(run.keptPerClass());
        other.set(300, new Run.KeptOfClass("changed", 1, 1));
        Run changed = new Run(
                run.order(),
                7,
                run.state(),
                "",
                run.dataset(),
                1,
                1,
                0,
                run.policies(),
                run.epochs(),
                run.position(),
                .25,
                .5,
                null,
                true,
                other,
                "",
                null,
                0,
                "",
                false);
        assertThat(news.of(changed).keySet()).containsExactly("long/7/now/classes/256", "long/7");
    }
}
