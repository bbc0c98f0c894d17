package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Topics;
import org.dietsb.faults.system.FaultySystem;
import org.dietsb.faults.system.ServicePart;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;

/**
 * The broker dies while three runs train, and comes back after a while. Each run is on a trainer of its own and handles a late
 * mask differently. No run ends before the test does, because an idle trainer would take another's order, whose lock died with
 * the broker.
 */
final class BrokerAway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** A selector notices after ten seconds. */
    private static final Duration UNTIL_DOWN = Duration.ofSeconds(40);

    private static final int BATCH = 16;
    private static final int BATCHES = 240;
    private static final List<String> RUNS = List.of("wait", "whole", "random");

    private final FaultySystem system = FaultySystem.start(List.of("selector", "trainer-1", "trainer-2", "trainer-3"));
    private final Topics topics = new Topics(system.bootstrapServers());

    /** Lets three runs continue while the broker is away for this time, or until every service reports it if that takes longer. */
    void assertThatRunsContinueAfter(Duration away) {
        try {
            continueAfter(away);
        } catch (RuntimeException | AssertionError failed) {
            system.keep();
            throw failed;
        }
    }

    private void continueAfter(Duration away) {
        // Given
        for (String run : RUNS) {
            var unused = system.answering("trainer").post("/runs", order(run));
        }
        await("every run trains", PATIENCE, () -> {
            topics.poll(Duration.ofMillis(50));
            return RUNS.stream().allMatch(run -> topics.batches(run) >= 10);
        });
        Map<String, Long> processes = processes();

        // When
        long killed = System.nanoTime();
        system.broker().kill();
        Map<String, Integer> before = new TreeMap<>();
        RUNS.forEach(run -> before.put(run, topics.batches(run) / BATCHES));
        awaitDown();
        FaultySystem.pause(Math.max(0, away.toMillis() - (long) (1_000 * secondsSince(killed))));
        double gone = secondsSince(killed);
        system.broker().start();
        long back = System.nanoTime();
        system.awaitHealthy();
        double ready = secondsSince(back);
        await("masks are in time again for a whole epoch", PATIENCE, () -> {
            topics.poll(Duration.ofMillis(50));
            return RUNS.stream()
                    .allMatch(run -> epochs(run).size() > before.getOrDefault(run, 0) + 1
                            && last(run).getMaskTimeouts() == 0);
        });
        double inTime = secondsSince(back);

        // Then
        assertThat(processes()).as("processes").isEqualTo(processes);
        for (String run : RUNS) {
            assertIsWhole(run);
        }
        System.out.printf(
                Locale.ROOT,
                "Broker away for %.1f s: every service was ready %.1f s after its return, each run had an epoch of masks in time after"
                        + " %.1f s; time-outs by epoch: wait %s, whole %s, random %s%n",
                gone,
                ready,
                inTime,
                timeouts("wait"),
                timeouts("whole"),
                timeouts("random"));
    }

    /** Asserts one attempt, each batch announced once (or again without a change, where the trainer waits), and time-outs reported and handled as ordered. */
    private void assertIsWhole(String run) {
        List<LossMessage> log =
                topics.recording(run, 0).losses().stream().map(Entry::message).toList();
        assertThat(log.stream().filter(LossMessage::hasAttemptOpened)).as(run).hasSize(1);
        List<BatchLosses> batches = log.stream()
                .filter(LossMessage::hasBatchLosses)
                .map(LossMessage::getBatchLosses)
                .toList();
        List<Epoch> epochs = epochs(run);
        Map<Integer, BatchLosses> every = new HashMap<>();
        for (BatchLosses batch : batches) {
            if (batch.getEpoch() <= epochs.size()) {
                // A trainer that waits asks again for the same batch, with its policy.
                BatchLosses question =
                        batch.toBuilder().clearPolicy().clearTimedOut().build();
                BatchLosses before = every.putIfAbsent(batch.getEpoch() * BATCHES + batch.getBatch(), question);
                assertThat(before == null || (run.equals("wait") && before.equals(question)))
                        .as("%s announces epoch %d, batch %d once", run, batch.getEpoch(), batch.getBatch())
                        .isTrue();
            }
        }
        assertThat(every).as(run).hasSize(epochs.size() * BATCHES);
        assertThat(epochs).as(run).allSatisfy(epoch -> {
            assertThat(epoch.getSeen()).isEqualTo((long) BATCHES * BATCH);
            int alone = run.equals("whole") ? epoch.getMaskTimeouts() : 0;
            // The selector selects all of a batch announced without losses, if it answers in time.
            assertThat(epoch.getSelected())
                    .isBetween((long) BATCHES * BATCH / 4 + alone * BATCH * 3 / 4, epoch.getSeen());
        });
        Stream<BatchLosses> withoutLosses = batches.stream().filter(batch -> batch.getLossesCount() == 0);
        boolean waits = run.equals("wait");
        assertThat(epochs.stream().mapToInt(Epoch::getMaskTimeouts).sum() == 0)
                .as(run)
                .isEqualTo(waits);
        assertThat(withoutLosses.findAny().isEmpty()).as(run).isEqualTo(waits);
        assertThat(topics.run(run).orElseThrow().getBitIdentical()).as(run).isEqualTo(waits);
        assertThat(last(run).getSelected()).as(run).isEqualTo((long) BATCHES * BATCH / 4);
    }

    private List<Epoch> epochs(String run) {
        return topics.run(run).map(Run::getEpochsList).orElse(List.of());
    }

    private Epoch last(String run) {
        List<Epoch> epochs = epochs(run);
        return epochs.get(epochs.size() - 1);
    }

    private List<Integer> timeouts(String run) {
        return epochs(run).stream().map(Epoch::getMaskTimeouts).toList();
    }

    /** Waits until each service has reported that it is not ready because of the broker. */
    private void awaitDown() {
        Set<String> down = new HashSet<>();
        await("every service reports that the broker is away", UNTIL_DOWN, () -> {
            for (ServicePart part : system.services()) {
                String why = part.kind().equals("selector") ? "waitsFor the broker" : "the broker does not answer";
                String standing = down.contains(part.name()) ? "" : part.standing();
                if (standing.contains("is not ready") && standing.contains(why)) {
                    down.add(part.name());
                }
            }
            return down.size() == system.services().size();
        });
    }

    private Map<String, Long> processes() {
        Map<String, Long> processes = new TreeMap<>();
        system.services().forEach(part -> processes.put(part.name(), part.pid().orElse(-1)));
        return processes;
    }

    private static void await(String what, Duration limit, BooleanSupplier holds) {
        long begun = System.nanoTime();
        while (!holds.getAsBoolean()) {
            assertThat(secondsSince(begun)).as("seconds until " + what).isLessThan(limit.toSeconds());
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Named after its handling of late masks, and so long that it does not end. */
    private static ObjectNode order(String onTimeout) {
        ObjectNode order = new ObjectMapper()
                .createObjectNode()
                .put("id", onTimeout)
                .put("dataset", "fashion-mini")
                .put("limit", BATCHES * BATCH)
                .put("model", "resnet8")
                .put("epochs", 1_000)
                .put("batchSize", BATCH)
                .put("learningRate", .02)
                .put("evaluateEvery", 0)
                .put("maskTimeoutSeconds", 1)
                .put("onTimeout", onTimeout);
        order.putObject("policy").put("kind", "selective").put("keep", .25);
        return order;
    }

    @Override
    public void close() {
        topics.close();
        system.close();
    }
}
