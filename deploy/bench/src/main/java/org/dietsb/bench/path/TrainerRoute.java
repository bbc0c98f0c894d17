package org.dietsb.bench.path;

import java.time.Duration;
import java.util.Random;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.testbed.OpenRun;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;

/** The product's route: the trainer's loss log and mask inbox, with a selector in another JVM. */
public final class TrainerRoute implements MaskRoute {
    /** As in CIFAR. */
    private static final int EXAMPLES = 50_000;

    private static final int EPOCH = 1;
    private static final int DIFFERENT = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Policy SELECTIVE = Policy.ofKind(PolicyKind.SELECTIVE).build();

    private final int[][] indices = new int[DIFFERENT][];
    private final float[][] losses = new float[DIFFERENT][];
    private final OpenRun run;
    private int announced;
    private int received;

    /**
     * Opens an attempt of a run and its first epoch, and waits for the epoch's mask.
     *
     * @param batch examples per batch
     */
    public TrainerRoute(String bootstrapServers, int partition, int batch) throws InterruptedException {
        Random random = new Random(batch);
        for (int i = 0; i < DIFFERENT; i++) {
            indices[i] = random.ints(0, EXAMPLES).distinct().limit(batch).toArray();
            losses[i] = Losses.draw(random, batch);
        }
        AttemptOpened opened = AttemptOpened.newBuilder()
                .setDataset(DatasetIdentity.newBuilder().setCount(EXAMPLES))
                .setBatchSize(batch)
                .build();
        run = OpenRun.of("batches-of-" + batch, partition, opened, bootstrapServers);
        run.inbox().opened(EPOCH, 0, EXAMPLES);
        run.log().openEpoch(EPOCH, 0, SELECTIVE, false);
        expect(run.inbox().awaitEpoch(EPOCH), Answer.EpochMask.class);
    }

    @Override
    public void announce() {
        int which = announced % DIFFERENT;
        run.inbox().announced(EPOCH, announced, 0, indices[which].length);
        run.log()
                .announce(new Announcement(
                        EPOCH, announced++, 0, null, indices[which], PassLosses.of(losses[which]), false));
    }

    @Override
    public void awaitMask() throws InterruptedException {
        expect(run.inbox().awaitBatch(EPOCH, received++, PATIENCE), Answer.BatchMask.class);
    }

    private static void expect(Answer answer, Class<? extends Answer> wanted) {
        if (!wanted.isInstance(answer)) {
            throw new IllegalStateException("the selector answered " + answer);
        }
    }

    @Override
    public void close() {
        run.log().close("measured");
        run.close();
    }
}
