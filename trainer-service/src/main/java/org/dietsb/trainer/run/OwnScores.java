package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.train.TrainingOrder;

/**
 * Topic el2n-scores: score set {@code <run id>.own}, the mean error norms of a run's own first epochs. What an attempt that is
 * resumed publishes again is the same, under the same keys.
 */
@Singleton
class OwnScores {
    private static final String TOPIC = "el2n-scores";
    private static final int CHUNK = 10_000;

    private final Producer<String, byte[]> producer;

    OwnScores(Producer<String, byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Sends the chunks, then the manifest; returns when all is stored.
     *
     * @param errorNorms [N], in [0, sqrt 2], by index in the unpruned training set
     */
    void publish(TrainingOrder order, Dataset dataset, float[] errorNorms) {
        String id = Policy.ownScores(order.runId());
        List<Future<?>> sent = new ArrayList<>();
        for (int from = 0; from < errorNorms.length; from += CHUNK) {
            ScoreChunk.Builder chunk = ScoreChunk.newBuilder().setFirstIndex(from);
            for (int i = from; i < Math.min(errorNorms.length, from + CHUNK); i++) {
                chunk.addScores(errorNorms[i]).addLabels(dataset.train().label(i));
            }
            sent.add(send(
                    id + "/chunk-" + from,
                    ScoreMessage.newBuilder().setScoreSet(id).setChunk(chunk)));
        }
        double sum = 0;
        for (float norm : errorNorms) {
            sum += norm;
        }
        // It costs nothing of its own: no seconds, no passes.
        sent.add(send(
                id + "/ended",
                ScoreMessage.newBuilder()
                        .setScoreSet(id)
                        .setManifest(ScoreSetManifest.newBuilder()
                                .setDataset(OrderWire.toWire(dataset.identity()))
                                .setMembers(1)
                                .setScoringEpochs(order.firstPolicy().ownEpochs())
                                .setModel(order.model())
                                .addMemberSeeds(order.seed())
                                .setCount(errorNorms.length)
                                .setChecksum(Sha256.hex(errorNorms))
                                .setMean(sum / Math.max(1, errorNorms.length))
                                .setEpochMillis(System.currentTimeMillis()))));
        for (Future<?> one : sent) {
            await(one);
        }
    }

    private Future<?> send(String key, ScoreMessage.Builder message) {
        return producer.send(new ProducerRecord<>(TOPIC, key, message.build().toByteArray()));
    }

    private static void await(Future<?> sent) {
        try {
            var unused = sent.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("cannot write to topic " + TOPIC + ": " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while it wrote to topic " + TOPIC, interrupted);
        }
    }
}
