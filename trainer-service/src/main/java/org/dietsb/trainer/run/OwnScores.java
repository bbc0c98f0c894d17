package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.TrainingOrder;

/**
 * Topic el2n-scores: score set {@code <run id>.own}, the mean error norms of a run's own first epochs. An attempt that resumes
 * publishes the same scores again, with the same keys.
 */
@Singleton
class OwnScores {
    private static final String TOPIC = "el2n-scores";

    private final Producer<String, byte[]> producer;

    OwnScores(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Sends the chunks, then the manifest; returns when all are stored.
     *
     * @param errorNorms [N], in [0, sqrt 2], by index in the unpruned training set
     */
    void publish(TrainingOrder order, Dataset dataset, float[] errorNorms) {
        String id = Policy.ownScores(order.runId());
        int[] labels = IntStream.range(0, errorNorms.length)
                .map(dataset.train()::label)
                .toArray();
        // The set has no cost of its own: no seconds, no passes.
        ScoreSetManifest.Builder manifest = ScoreSetManifest.newBuilder()
                .setDataset(OrderWire.toWire(dataset.identity()))
                .setMembers(1)
                .setScoringEpochs(order.firstPolicy().ownEpochs())
                .setModel(order.model())
                .addMemberSeeds(order.seed())
                .setEpochMillis(System.currentTimeMillis());
        List<Future<?>> sent = new ArrayList<>();
        ScoreSetMessages.of(id, new StoredSets.Scores(errorNorms, labels), manifest, UnfinishedSets.LARGEST_CHUNK)
                .forEach((key, message) ->
                        sent.add(producer.send(new ProducerRecord<>(TOPIC, key, message.toByteArray()))));
        for (Future<?> one : sent) {
            await(one);
        }
    }

    private static void await(Future<?> sent) {
        try {
            var unused = sent.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("cannot write to topic " + TOPIC + ": " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing to topic " + TOPIC, interrupted);
        }
    }
}
