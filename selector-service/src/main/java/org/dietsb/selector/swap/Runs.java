package org.dietsb.selector.swap;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.topic.DeadLetters;
import org.dietsb.selector.topic.ReadPosition;
import org.dietsb.selector.topic.TopicEnds;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Topic run-events: which runs there are, and what a swap must know of them. Thread-safe. */
@ApplicationScoped
class Runs {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");

    private static final String TOPIC = "run-events";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * A run.
     *
     * @param scoring that it is a member of, or empty
     * @param fingerprint of its dataset; empty until it is known
     */
    record Known(
            PolicySpec firstPolicy,
            boolean over,
            String scoring,
            int examples,
            String fingerprint,
            int batchSize,
            long attempt) {}

    private final Map<String, Known> runs = new ConcurrentHashMap<>();
    private final ReadPosition position;

    Runs(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** The run of this name; one that was queued a moment ago is found too. */
    Optional<Known> find(String runId) throws InterruptedException {
        if (!runs.containsKey(runId)) {
            position.awaitEnd(PATIENCE);
        }
        return Optional.ofNullable(runs.get(runId));
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            RunEvent event = RunEvent.parseFrom(value);
            if (event.hasRun()) {
                Run run = event.getRun();
                checkId(run.getOrder().getRunId());
                boolean over = run.getState() != Run.State.QUEUED && run.getState() != Run.State.RUNNING;
                Known known = new Known(
                        PolicyWire.fromWire(run.getOrder().getFirstPolicy()),
                        over,
                        run.getOrder().getMember().getScoringId(),
                        run.getDataset().getCount(),
                        run.getDataset().getChecksum(),
                        run.getOrder().getRecipe().getBatchSize(),
                        run.getStartedMillis() == 0 ? -1 : run.getAttempt());
                runs.merge(run.getOrder().getRunId(), known, (old, now) -> now.attempt >= old.attempt ? now : old);
            }
        });
    }

    /** Refuses what is no run id. */
    static void checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("run id is '" + id + "', allowed is " + ID);
        }
    }
}
