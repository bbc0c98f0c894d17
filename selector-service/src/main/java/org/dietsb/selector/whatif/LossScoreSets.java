package org.dietsb.selector.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.kit.topic.UnreadException;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.selector.diet.Agreement;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/**
 * Score sets {@code <run id>.<method>} by the recorded losses of a run, on topic el2n-scores. The same run gives the same scores, under
 * the same keys. Thread-safe.
 */
@Singleton
class LossScoreSets {
    /** Largest training set: each example takes about 60 bytes. */
    static final int MOST_EXAMPLES = 2_000_000;

    private static final String TOPIC = "el2n-scores";
    private static final int PATIENCE_SECONDS = 30;

    private final RunLog log;
    private final Producer<String, byte[]> producer;
    private final ScoreSets sets;

    LossScoreSets(RunLog log, Producer<String, byte[]> producer, ScoreSets sets) {
        this.log = log;
        this.sets = sets;
        this.producer = producer;
    }

    /**
     * A published score set.
     *
     * @param epochs of the run that it is made of
     * @param besideEl2n how alike it is to the newest EL2N score set of the same training set; null if there is none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Published(
            String scoreSet,
            String method,
            int epochs,
            int count,
            double mean,
            String checksum,
            @Nullable Agreement besideEl2n) {}

    /** The epochs of a run on their way into scores. */
    private static final class Reading implements RunLog.Reader {
        private final LossScores.Method method;
        private final int mostEpochs;
        private @Nullable AttemptOpened opened;
        private @Nullable LossScores scores;

        Reading(LossScores.Method method, int mostEpochs) {
            this.method = method;
            this.mostEpochs = mostEpochs;
        }

        @Override
        public void opened(AttemptOpened first) throws RefusalException {
            int examples = first.getDataset().getCount();
            if (examples > MOST_EXAMPLES) {
                throw new RefusalException("the run has " + examples + " examples, allowed are " + MOST_EXAMPLES);
            }
            opened = first;
            scores = new LossScores(method, examples);
        }

        @Override
        public void epoch(LossEpoch epoch) {
            if (scores != null && scores.epochs() < mostEpochs) {
                scores.add(epoch);
            }
        }
    }

    /**
     * Computes scores and publishes them.
     *
     * @param mostEpochs of the run that are used, from the first on
     * @throws RefusalException if the run has not recorded what they need
     */
    Published publish(RunSheet run, LossScores.Method method, int mostEpochs)
            throws RefusalException, IOException, InterruptedException {
        Reading reading = new Reading(method, mostEpochs);
        log.epochs(run, reading);
        AttemptOpened opened = reading.opened;
        LossScores scores = reading.scores;
        if (opened == null || scores == null) {
            throw new IllegalStateException("run " + run.id() + " has no first message");
        }
        float[] all;
        try {
            all = scores.scores();
        } catch (IllegalArgumentException lacking) {
            throw new RefusalException("run " + run.id() + ": " + lacking.getMessage());
        }
        String id = run.id() + "." + method;
        ScoreSetManifest.Builder manifest = ScoreSetManifest.newBuilder()
                .setDataset(opened.getDataset())
                .setMembers(1)
                .setScoringEpochs(scores.epochs())
                .setModel(opened.getModel())
                .addMemberSeeds(opened.getSeed())
                .setEpochMillis(System.currentTimeMillis())
                .setMethod(method.toString());
        store(ScoreSetMessages.of(id, new StoredSets.Scores(all, new int[0]), manifest, UnfinishedSets.LARGEST_CHUNK));
        return new Published(
                id,
                method.toString(),
                scores.epochs(),
                all.length,
                manifest.getMean(),
                manifest.getChecksum(),
                sets.el2n(all.length, opened.getDataset().getChecksum())
                        .map(el2n -> Agreement.of(all, el2n))
                        .orElse(null));
    }

    private void store(Map<String, ScoreMessage> messages) throws IOException, InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        messages.forEach(
                (key, message) -> sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, key, message.toByteArray()))));
        for (Future<?> one : sent) {
            try {
                one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException failed) {
                throw new UnreadException("topic " + TOPIC + " cannot be written: " + failed.getMessage(), failed);
            }
        }
    }
}
