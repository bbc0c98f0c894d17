package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.run.WholeRuns;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.RunEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A broker compacts a topic up to any place, and may keep deletions or drop them. Whatever it does, a reader finds the same run, and no part
 * behind a gap.
 */
class CompactedNewsTest {
    private static final int EPOCHS = 600;

    private final MockProducer<String, byte[]> broker =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final RunEvents events = RunEventsFuzzTest.events(broker, new RunRegistry(), TestDeadLetters.forgotten());

    private static Run run(int epochs, int batch) {
        Run like = RunRegistryTest.run("long", 7, Run.State.RUNNING);
        EpochFigures one = like.epochs().get(1);
        List<EpochFigures> figures = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            figures.add(new EpochFigures(
                    epoch, null, 1.0, .1, 1, 1, 1, 1, 1, 1, null, null, 0, 0, one.policyRevisions(), 0, 0, 0, 0, 1));
        }
        return new Run(
                like.order(),
                7,
                Run.State.RUNNING,
                "",
                like.dataset(),
                1,
                1,
                0,
                like.policies(),
                figures,
                new Run.Position(epochs + 1, EPOCHS, batch, 9, 0, 0, 0, 0),
                .25,
                .5,
                null,
                true,
                like.keptPerClass(),
                "",
                null,
                0,
                "",
                false);
    }

    @Test
    void runIsTheSameWhateverIsCompacted() throws Exception {
        for (int epochs = 0; epochs <= EPOCHS; epochs++) {
            events.publish(run(epochs, 3));
            events.publish(run(epochs, 5));
        }
        int running = broker.history().size();
        Run end = run(EPOCHS, 9).ended(Run.State.COMPLETED, "", 2);
        events.publish(end);
        assertThat(events.awaitStored("long", () -> false)).isTrue();
        List<ProducerRecord<String, byte[]>> log = broker.history();
        assertThat(log.get(log.size() - 1).value()).as("deleted").isNull();
        for (int cut = 0; cut <= log.size(); cut += cut < running - 1 ? 97 : 1) {
            for (boolean keepDeletions : new boolean[] {true, false}) {
                assertThat(read(compacted(log, cut, keepDeletions), "cut at " + cut))
                        .isEqualTo(end);
                if (cut <= running) {
                    assertThat(read(compacted(log.subList(0, running), cut, keepDeletions), "running, cut at " + cut))
                            .isEqualTo(run(EPOCHS, 5));
                }
            }
        }
        assertThat(compacted(log, log.size(), false))
                .extracting(ProducerRecord::key)
                .as("what is left of a run that is over")
                .containsExactly("long/7/epochs/0", "long/7/epochs/256", "long/7");
    }

    private static List<ProducerRecord<String, byte[]>> compacted(
            List<ProducerRecord<String, byte[]>> log, int cut, boolean keepDeletions) {
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < cut; i++) {
            last.put(log.get(i).key(), i);
        }
        List<ProducerRecord<String, byte[]>> left = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            ProducerRecord<String, byte[]> one = log.get(i);
            if (i >= cut
                    || (Integer.valueOf(i).equals(last.get(one.key())) && (keepDeletions || one.value() != null))) {
                left.add(one);
            }
        }
        return left;
    }

    /** Reads as every service does. */
    private static @Nullable Run read(List<ProducerRecord<String, byte[]>> log, String what)
            throws InvalidProtocolBufferException {
        WholeRuns whole = new WholeRuns();
        RunRegistry registry = new RunRegistry();
        for (ProducerRecord<String, byte[]> message : log) {
            if (message.value() == null) {
                continue;
            }
            RunEvent event = RunEvent.parseFrom(message.value());
            switch (event.getEventCase()) {
                case PART ->
                    assertThatCode(() -> whole.add(event.getPart()))
                            .as("%s, %s", what, message.key())
                            .doesNotThrowAnyException();
                case RUN -> registry.accept(RunWire.fromWire(whole.read(event.getRun())));
                case BEAT ->
                    registry.accept("long", 7, RunWire.fromWire(event.getBeat().getPosition()));
                default -> throw new AssertionError(Objects.toString(event));
            }
        }
        return registry.find("long").orElse(null);
    }
}
