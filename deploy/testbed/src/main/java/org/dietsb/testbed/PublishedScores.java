package org.dietsb.testbed;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.trainer.wire.DatasetIdentity;

/** A score set that no scorer computes. */
public final class PublishedScores {
    private static final String TOPIC = "el2n-scores";
    private static final int CHUNK = 50_000;

    private PublishedScores() {}

    /**
     * Writes a finished score set of losses, with labels, and waits until the broker has it.
     *
     * @param losses [N] in nats
     * @param labels [N] classes from 0
     */
    public static void write(
            String id, DatasetIdentity dataset, float[] losses, int[] labels, String bootstrapServers) {
        ScoreSetManifest.Builder manifest = ScoreSetManifest.newBuilder()
                .setDataset(dataset)
                .setMembers(1)
                .setScoringEpochs(1)
                .setMethod("last-loss");
        try (KafkaProducer<String, byte[]> producer = Clients.producer(bootstrapServers)) {
            ScoreSetMessages.of(id, new StoredSets.Scores(losses, labels), manifest, CHUNK)
                    .forEach((key, message) -> {
                        var unused = producer.send(new ProducerRecord<>(TOPIC, 0, key, message.toByteArray()));
                    });
        }
    }
}
