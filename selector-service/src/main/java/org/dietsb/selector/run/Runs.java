package org.dietsb.selector.run;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.swap.Moment;
import org.dietsb.selector.swap.PolicyWire;
import org.dietsb.selector.topic.DeadLetters;
import org.dietsb.selector.topic.ReadPosition;
import org.dietsb.selector.topic.TopicEnds;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/** Topic run-events: which runs there are, and what a swap must know of them. Thread-safe. */
@ApplicationScoped
public class Runs {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");

    private static final String TOPIC = "run-events";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /**
     * A run.
     *
     * @param scoring that it is a member of, or empty
     * @param proxyOf the run whose proxy it is, or empty
     * @param examples of its training set, before any diet; 0 until it has begun
     * @param fingerprint of its dataset; empty until it is known
     * @param epochs its length; 0 as long as it hangs on a budget and the run has not begun
     * @param place of the next batch to be announced
     * @param placed policies in the order they took effect
     * @param figures of the epochs that are over
     */
    public record Known(
            PolicySpec firstPolicy,
            boolean over,
            String scoring,
            String proxyOf,
            int examples,
            String fingerprint,
            int batchSize,
            long attempt,
            double epochs,
            Moment.Place place,
            List<Placed> placed,
            List<EpochFigures> figures) {

        public Known {
            placed = List.copyOf(placed);
            figures = List.copyOf(figures);
        }

        /** The last epoch there may be. */
        public int lastEpoch() {
            return epochs == 0 ? Integer.MAX_VALUE : (int) Math.ceil(epochs);
        }

        /** The place where a moment comes. */
        public Moment.Place placeOf(Moment moment) {
            if (moment instanceof Moment.EpochBegins begins) {
                return new Moment.Place(begins.epoch(), epochs == 0 ? 0 : (begins.epoch() - 1) / epochs);
            }
            double share = ((Moment.Progress) moment).share();
            return new Moment.Place((int) (share * epochs) + 1, share);
        }
    }

    /** A policy and the first batch that was judged by it; epoch from 1, batch from 0. */
    public record Placed(long revision, PolicySpec policy, int epoch, int batch) {}

    /**
     * What an epoch brought and cost.
     *
     * @param accuracy on the test set; null where it was not evaluated
     * @param seconds from its opening to its last step
     * @param backwardExamples example-passes of its steps
     * @param selectionExamples example-passes for selection alone
     * @param scaledSelectionExamples the same, each times the square of its images' scale
     * @param selectionSeconds of the seconds, in selection passes
     * @param stepSeconds of the seconds, in training steps
     * @param maskWaitSeconds of the seconds, waiting for masks
     * @param share of its examples, diet applied, that were announced, (0, 1]; less than 1 where a budget ended the run within it
     */
    public record EpochFigures(
            int epoch,
            @Nullable Double accuracy,
            double seconds,
            long backwardExamples,
            long selectionExamples,
            double scaledSelectionExamples,
            double selectionSeconds,
            double stepSeconds,
            double maskWaitSeconds,
            double share) {

        /** What it cost in passes over a training set of so many examples; a full-size selection pass counts a third. */
        public double passes(int examples) {
            return (scaledSelectionExamples + 3.0 * backwardExamples) / (3.0 * examples);
        }
    }

    private final Map<String, Known> runs = new ConcurrentHashMap<>();
    private final ReadPosition position;
    private final RunListener listener;

    Runs(TopicEnds ends, DeadLetters deadLetters, RunListener listener) {
        this.listener = listener;
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** The run of this name; one that was queued a moment ago is found too. */
    public Optional<Known> find(String runId) throws InterruptedException {
        if (!runs.containsKey(runId)) {
            position.awaitEnd(PATIENCE);
        }
        return Optional.ofNullable(runs.get(runId));
    }

    /** The proxy of a run, by its name; empty where it has none. */
    public Optional<Map.Entry<String, Known>> proxyOf(String runId) {
        return runs.entrySet().stream()
                .filter(run -> run.getValue().proxyOf().equals(runId))
                .findFirst();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            RunEvent event = RunEvent.parseFrom(value);
            if (event.hasRun()) {
                Run run = event.getRun();
                checkId(run.getOrder().getRunId());
                Known known = known(run);
                runs.merge(run.getOrder().getRunId(), known, (old, now) -> now.attempt >= old.attempt ? now : old);
                listener.told(run);
            }
        });
    }

    private static Known known(Run run) {
        Position position = run.getPosition();
        Recipe recipe = run.getOrder().getRecipe();
        double epochs = position.getEpochs() != 0 ? position.getEpochs() : recipe.hasBudget() ? 0 : recipe.getEpochs();
        double over = position.getBatches() == 0 ? 0 : (double) position.getBatch() / position.getBatches();
        return new Known(
                PolicyWire.fromWire(run.getOrder().getFirstPolicy()),
                run.getState() != Run.State.QUEUED && run.getState() != Run.State.RUNNING,
                run.getOrder().getMember().getScoringId(),
                run.getOrder().getProxyOf(),
                run.getDataset().getCount(),
                run.getDataset().getChecksum(),
                recipe.getBatchSize(),
                run.getStartedMillis() == 0 ? -1 : run.getAttempt(),
                epochs,
                new Moment.Place(
                        position.getEpoch(), position.getEpoch() == 0 ? 0 : (position.getEpoch() - 1 + over) / epochs),
                run.getPoliciesList().stream()
                        .map(placed -> new Placed(
                                placed.getRevision(),
                                PolicyWire.fromWire(placed.getPolicy()),
                                placed.getEpoch(),
                                placed.getBatch()))
                        .toList(),
                run.getEpochsList().stream()
                        .map(epoch -> new EpochFigures(
                                epoch.getEpoch(),
                                epoch.hasAccuracy() ? epoch.getAccuracy() : null,
                                epoch.getSeconds(),
                                epoch.getBackwardExamples(),
                                epoch.getSelectionExamples(),
                                epoch.getScaledSelectionExamples(),
                                epoch.getSelectionSeconds(),
                                epoch.getStepSeconds(),
                                epoch.getMaskWaitSeconds(),
                                share(epoch)))
                        .toList());
    }

    /** Of an epoch's examples, diet applied, that were announced; all, where its trainer does not say. */
    public static double share(Epoch epoch) {
        return epoch.hasShare() && epoch.getShare() > 0 && epoch.getShare() <= 1 ? epoch.getShare() : 1;
    }

    /**
     * Checks a run id.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    public static void checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("run id is '" + id + "', allowed is " + ID);
        }
    }
}
