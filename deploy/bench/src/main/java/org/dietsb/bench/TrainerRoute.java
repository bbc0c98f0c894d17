package org.dietsb.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;

/** The product's own: what the trainer announces and waits with, and a selector in a JVM of its own. */
final class TrainerRoute implements MaskRoute {
    /** As many as CIFAR has. */
    private static final int EXAMPLES = 50_000;

    private static final int EPOCH = 1;
    private static final int DIFFERENT = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Policy SELECTIVE = Policy.ofKind(Policy.Kind.SELECTIVE).build();

    private final int[][] indices = new int[DIFFERENT][];
    private final float[][] losses = new float[DIFFERENT][];
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaMaskReader reader;
    private final KafkaLossLog log;
    private final MaskInbox inbox = new MaskInbox(roundTrip -> {});
    private int announced;
    private int received;

    /**
     * Opens an attempt of a run and its first epoch, and waits for the epoch's mask.
     *
     * @param batch examples of a batch
     */
    TrainerRoute(String bootstrapServers, int partition, int batch) throws InterruptedException {
        String runId = "batches-of-" + batch;
        Random random = new Random(batch);
        for (int i = 0; i < DIFFERENT; i++) {
            indices[i] = random.ints(batch, 0, EXAMPLES).toArray();
            losses[i] = new float[batch];
            for (int j = 0; j < batch; j++) {
                losses[i][j] = (float) -Math.log(1 - random.nextDouble());
            }
        }
        producer = Clients.producer(bootstrapServers);
        reader = KafkaMaskReader.atEnd(
                Map.of("bootstrap.servers", bootstrapServers), runId, partition, EXAMPLES, TrainerRoute::noAnswer);
        log = KafkaLossLog.open(
                producer,
                runId,
                partition,
                AttemptOpened.newBuilder()
                        .setDataset(DatasetIdentity.newBuilder().setCount(EXAMPLES))
                        .setBatchSize(batch)
                        .build());
        reader.start(log.attempt(), inbox);
        inbox.opened(EPOCH, 0, EXAMPLES);
        log.openEpoch(EPOCH, 0, SELECTIVE, false);
        expect(inbox.awaitEpoch(EPOCH), Answer.EpochMask.class);
    }

    @Override
    public void announce() {
        int which = announced % DIFFERENT;
        inbox.announced(EPOCH, announced, 0, indices[which].length);
        log.announce(new Announcement(EPOCH, announced++, 0, null, indices[which], losses[which], false));
    }

    @Override
    public void awaitMask() throws InterruptedException {
        expect(inbox.awaitBatch(EPOCH, received++, PATIENCE), Answer.BatchMask.class);
    }

    /** Ends the measurement: there is nobody but us and the selector here. */
    static void noAnswer(ConsumerRecord<String, byte[]> received, String reason) {
        throw new IllegalStateException("offset " + received.offset() + " of " + received.topic() + ": " + reason);
    }

    private static void expect(Answer answer, Class<? extends Answer> wanted) {
        if (!wanted.isInstance(answer)) {
            throw new IllegalStateException("the selector answered " + answer);
        }
    }

    @Override
    public void close() {
        log.close("measured");
        reader.close();
        producer.close();
    }
}
