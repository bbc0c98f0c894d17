package org.dietsb.bench.decision;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.OpenRun;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A run on a large training set, of a simulated trainer that has the real one's loss log and mask inbox. A mask that is not the pure rule's
 * fails the benchmark. Single-threaded.
 */
final class LargeRun implements AutoCloseable {
    /** The largest batch of a selector with default settings: few messages for many examples. */
    private static final int BATCH = 65_536;

    private static final int WINDOW = 4;
    private static final long SEED = 7;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Policy policy;
    private final int examples;
    private final OpenRun run;
    private final PureRule rule;
    private int[] kept = {};
    private long checked;

    /**
     * Opens an attempt.
     *
     * @param replayed the run whose masks this one takes over, which is over; null unless the policy is a replay
     */
    LargeRun(
            String id,
            Policy policy,
            int examples,
            int epochs,
            int partition,
            @Nullable PureRule replayed,
            String bootstrapServers)
            throws InterruptedException {
        this.policy = policy;
        this.examples = examples;
        this.rule = new PureRule(policy, SEED, examples, replayed);
        AttemptOpened opened = AttemptOpened.newBuilder()
                .setDataset(DatasetIdentity.newBuilder()
                        .setName("simulated")
                        .setCount(examples)
                        .setChecksum("simulated"))
                .setModel("none")
                .setSeed(SEED)
                .setBatchSize(BATCH)
                .setWindow(WINDOW)
                .setEpochs(epochs)
                .setReadsParts(true)
                .build();
        run = OpenRun.of(id, partition, opened, bootstrapServers);
    }

    /** Asks for the mask of an epoch and waits for it. */
    Answer.EpochMask openEpoch(int epoch) throws InterruptedException {
        run.inbox().opened(epoch, 0, examples);
        run.log().openEpoch(epoch, 0, epoch == 1 ? policy : null, false);
        Answer answer = run.inbox().awaitEpoch(epoch);
        if (answer instanceof Answer.EpochMask mask) {
            return mask;
        }
        throw new UserError("epoch " + epoch + " of " + policy.kind().label() + ": the selector answered " + answer);
    }

    /** Compares the mask of an epoch with the rule, and keeps it for the batches. */
    void check(int epoch, Answer.EpochMask mask) {
        PureRule.Epoch due = rule.epoch(epoch);
        int[] is = mask.kept();
        BitSet all = due.kept();
        int[] must = all == null ? null : all.stream().toArray();
        if (!Arrays.equals(is, must)) {
            throw wrong("epoch " + epoch);
        }
        float[] weights = mask.weights();
        for (int i = 0; is != null && i < is.length; i++) {
            float weight = due.weighted().get(is[i]) ? due.weight() : 1;
            if ((weights == null ? 1 : weights[i]) != weight) {
                throw wrong("epoch " + epoch);
            }
        }
        kept = is == null ? IntStream.range(0, examples).toArray() : is;
        checked++;
    }

    private UserError wrong(String what) {
        return new UserError("the mask of " + what + " under " + policy.kind().label() + ", of " + examples
                + " examples, is not that of the rule");
    }

    /**
     * Trains an epoch that is open: announces its batches, a window at a time, compares their masks with the rule, and reports the losses of
     * the steps if the policy judges by them.
     *
     * @param most maximum number of batches
     */
    void train(int epoch, int most) throws InterruptedException {
        int batches = Math.min(most, (kept.length + BATCH - 1) / BATCH);
        for (int batch = 0; batch < batches + WINDOW; batch++) {
            if (batch < batches) {
                announce(epoch, batch);
            }
            if (batch >= WINDOW) {
                check(epoch, batch - WINDOW);
            }
        }
    }

    private int[] indices(int batch) {
        return Arrays.copyOfRange(kept, batch * BATCH, Math.min(kept.length, (batch + 1) * BATCH));
    }

    /** Returns losses as they look after some training; always the same. */
    private static float[] losses(int epoch, int[] indices) {
        RandomStream chance = RandomStream.of("simulated-losses", SEED, epoch);
        float[] losses = new float[indices.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = (float) -Math.log(chance.uniform(indices[i]));
        }
        return losses;
    }

    private float @Nullable [] announced(int epoch, int[] indices) {
        return policy.kind().byLoss() ? losses(epoch, indices) : null;
    }

    private void announce(int epoch, int batch) {
        int[] indices = indices(batch);
        run.inbox().announced(epoch, batch, 0, indices.length);
        float[] losses = announced(epoch, indices);
        PassLosses pass = losses == null ? null : PassLosses.of(losses);
        run.log().announce(new Announcement(epoch, batch, 0, null, indices, pass, false));
    }

    private void check(int epoch, int batch) throws InterruptedException {
        if (batch * (long) BATCH >= kept.length) {
            return;
        }
        int[] indices = indices(batch);
        Answer answer = run.inbox().awaitBatch(epoch, batch, PATIENCE);
        if (!(answer instanceof Answer.BatchMask mask)
                || !Arrays.equals(mask.selected(), rule.batch(epoch, batch, indices, announced(epoch, indices)))) {
            throw wrong("batch " + batch + " of epoch " + epoch);
        }
        checked++;
        if (policy.kind().byTrainedLosses()) {
            float[] losses = losses(epoch, indices);
            run.log().trained(epoch, indices, PassLosses.of(losses));
            rule.trained(indices, losses);
        }
    }

    /** Number of masks that were compared. */
    long checked() {
        return checked;
    }

    /** Returns the rule, with what it selected. */
    PureRule rule() {
        return rule;
    }

    @Override
    public void close() {
        run.log().close("completed");
        run.close();
    }
}
