package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dietsb.launcher.ServiceProcess;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Run;

/**
 * A broker that dies in the middle of an epoch and is back after a while; three runs at once, on a trainer each, one for each
 * answer to a mask that does not come in time.
 */
final class BrokerAway implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration UNTIL_TOLD = Duration.ofSeconds(40);
    private static final int EXAMPLES = 6_400;
    private static final int BATCH = 16;
    private static final int BATCHES = EXAMPLES / BATCH;
    private static final int EPOCHS = 2;
    private static final List<String> RUNS = List.of("wait", "whole", "random");
    private static final long PRODUCERS_BUFFER = 32 << 20;
    private static final Pattern BUFFER = Pattern.compile("(?m)^kafka_producer_buffer_available_bytes\\{[^}]*} (\\S+)");

    private final FaultySystem system = FaultySystem.start(
            Map.of("selector", "selector", "trainer-1", "trainer", "trainer-2", "trainer", "trainer-3", "trainer"));
    private final Topics topics = new Topics(system.bootstrapServers());

    /** Kills the broker for so long while three runs are on, and has everything it is meant to assert asserted. */
    void assertNothingIsLostIn(Duration away) throws InterruptedException {
        for (String onTimeout : RUNS) {
            system.parts("trainer").get(0).answering().orElseThrow().post("/runs", order(onTimeout));
        }
        await(PATIENCE, "every run is in the middle of its first epoch", () -> {
            topics.poll(Duration.ofMillis(100));
            return RUNS.stream().allMatch(run -> topics.batches(run) >= BATCHES / 10);
        });
        Map<String, OptionalLong> processes = processes();

        // When
        system.broker().kill();
        long gone = System.nanoTime();
        Map<String, String> down = awaitDown();
        FaultySystem.pause(Math.max(0, away.toMillis() - Duration.ofNanos(System.nanoTime() - gone).toMillis()));
        for (Part trainer : system.parts("trainer")) {
            String metrics = trainer.answering().orElseThrow().metrics();
            System.out.println("METRICS " + trainer.name());
            metrics.lines().filter(l -> l.contains("kafka_producer") && (l.contains("buffer") || l.contains("error") || l.contains("memory"))).forEach(System.out::println);
        }
        double seconds = (System.nanoTime() - gone) / 1e9;
        system.broker().start();
        long back = System.nanoTime();
        system.awaitHealthy();
        double healthy = (System.nanoTime() - back) / 1e9;
        await(PATIENCE, "every run is over", () -> {
            topics.poll(Duration.ofMillis(100));
            return RUNS.stream()
                    .allMatch(run -> topics.run(run).map(Run::getEndedMillis).orElse(0L) > 0);
        });
        topics.readToTheEnd(PATIENCE);

        // Then
        System.out.println(down);
        System.out.printf("Broker away for %.1f s, all ready %.1f s after its return%n", seconds, healthy);
        for (String run : RUNS) {
            Run end = topics.run(run).orElseThrow();
            System.out.println(run + " " + end.getBitIdentical() + " " + end.getAttempt() + " " + end.getEpochsList());
        }
    }

    private Map<String, String> awaitDown() {
        Map<String, String> down = new TreeMap<>();
        await(UNTIL_TOLD, "every part says that the broker is away", () -> {
            for (String kind : List.of("trainer", "selector")) {
                for (Part part : system.parts(kind)) {
                    String standing = part.standing();
                    if (standing.contains("is not ready") && standing.contains(kind.equals("selector") ? "waitsFor the broker" : "the broker does not answer")) {
                        down.putIfAbsent(part.name(), standing);
                    } else { System.out.println(standing); }
                }
            }
            FaultySystem.pause(200);
            return down.size() == 4;
        });
        return down;
    }

    private Map<String, OptionalLong> processes() {
        Map<String, OptionalLong> pids = new HashMap<>();
        for (String kind : List.of("trainer", "selector")) {
            system.parts(kind).forEach(part -> pids.put(part.name(), part.pid()));
        }
        return pids;
    }

    private static void await(Duration limit, String what, BooleanSupplier holds) {
        long begun = System.nanoTime();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("nanoseconds until " + what).isLessThan(limit.toNanos());
        }
    }

    private static ObjectNode order(String onTimeout) {
        ObjectNode order = new ObjectMapper()
                .createObjectNode()
                .put("id", onTimeout)
                .put("dataset", "fashion-mini")
                .put("limit", EXAMPLES)
                .put("model", "resnet8")
                .put("epochs", EPOCHS)
                .put("batchSize", BATCH)
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
