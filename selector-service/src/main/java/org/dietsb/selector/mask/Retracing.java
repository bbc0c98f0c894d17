package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/**
 * Answers the messages of a run once more, as they were answered, up to one batch, and shows what that batch was judged by. If several
 * attempts announced the batch, the last one counts. One thread.
 */
public final class Retracing implements AutoCloseable {
    private final String runId;
    private final int epoch;
    private final int batch;
    private final LoneAnswers answers;
    private Chosen chosen = new Chosen(null, null, 1, null, 0);
    private @Nullable Judged judged;
    private final List<int[]> batches = new ArrayList<>();

    /**
     * The choice of an epoch.
     *
     * @param kept examples that the epoch trains on; null = all
     * @param weighted of these, those of this weight in the loss; null = none
     * @param policy in force when the epoch was opened; null before
     * @param examples size of the training set
     */
    public record Chosen(
            @Nullable BitSet kept,
            @Nullable BitSet weighted,
            float weight,
            @Nullable Policy policy,
            int examples) {}

    /**
     * A batch, and what it was judged by.
     *
     * @param whole whether the trainer had it trained whole, by the schedule of the policy
     * @param losses [B] in nats; those of an earlier epoch if the batch had no selection pass; empty if there are none
     * @param probabilities [B] that each example is selected; empty if the mask does not follow from a rule of batches
     * @param selected places
     * @param weights of the selected places, in order; empty = all 1
     */
    public record Judged(
            Policy policy,
            long revision,
            boolean whole,
            int[] indices,
            float[] losses,
            double[] probabilities,
            BitSet selected,
            List<Float> weights) {}

    /** Begins before the first message. */
    public Retracing(String runId, int epoch, int batch, Sources sources, SelectorConfig config) {
        this.runId = runId;
        this.epoch = epoch;
        this.batch = batch;
        this.answers = new LoneAnswers(sources, config);
    }

    /** The choice of the epoch. */
    public Chosen chosen() {
        return chosen;
    }

    /** The batch; null if it was not announced. */
    public @Nullable Judged judged() {
        return judged;
    }

    /** Returns the number of the epoch's batch that has this example; -1 if none has. */
    public int batchWith(int example) {
        for (int i = batches.size() - 1; i >= 0; i--) {
            if (Arrays.stream(batches.get(i)).anyMatch(index -> index == example)) {
                return i;
            }
        }
        return -1;
    }

    /** Takes in the next message of the run. What a selector rejects is passed over, as it was then. */
    public void read(LossMessage message, long offset) {
        LossMessage alone = message.hasAttemptOpened()
                        && !message.getAttemptOpened().getProxyOf().isEmpty()
                ? message.toBuilder()
                        .setAttemptOpened(message.getAttemptOpened().toBuilder().clearProxyOf())
                        .build()
                : message;
        List<BatchLosses> announced = alone.hasBatchSpan()
                ? alone.getBatchSpan().getBatchesList()
                : alone.hasBatchLosses() ? List.of(alone.getBatchLosses()) : List.of();
        for (BatchLosses one : announced) {
            if (one.getEpoch() == epoch) {
                while (batches.size() <= one.getBatch()) {
                    batches.add(new int[0]);
                }
                batches.set(
                        one.getBatch(),
                        one.getIndicesList().stream()
                                .mapToInt(Integer::intValue)
                                .toArray());
            }
        }
        RunState before = answers.find(runId);
        float[] history =
                before == null ? new float[0] : before.losses.history().all();
        try {
            for (MaskMessage answer : answers.answer(alone, offset)) {
                note(announced, history, answer);
            }
        } catch (PoisonException deadLetter) {
            // It had no answer then either.
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private void note(List<BatchLosses> announced, float[] history, MaskMessage answer) throws PoisonException {
        RunState run = answers.find(runId);
        if (run == null) {
            return;
        }
        if (answer.hasEpochMask() && answer.getEpochMask().getEpoch() == epoch) {
            EpochMask mask = answer.getEpochMask();
            chosen = new Chosen(
                    mask.getKept().isEmpty()
                            ? null
                            : BitSet.valueOf(mask.getKept().toByteArray()),
                    mask.getWeighted().isEmpty()
                            ? null
                            : BitSet.valueOf(mask.getWeighted().toByteArray()),
                    mask.getWeighted().isEmpty() ? 1 : mask.getWeight(),
                    run.policies.of(mask.getRevision(), null),
                    run.losses.examples());
        }
        List<BatchMask> masks =
                answer.hasSpanMask() ? answer.getSpanMask().getMasksList() : List.of(answer.getBatchMask());
        for (BatchMask mask : masks) {
            if (mask.getEpoch() == epoch
                    && mask.getBatch() == batch
                    && (answer.hasBatchMask() || answer.hasSpanMask())) {
                judged = judged(run, announced, history, mask);
            }
        }
    }

    private Judged judged(RunState run, List<BatchLosses> announced, float[] history, BatchMask mask)
            throws PoisonException {
        BatchLosses message = announced.stream()
                .filter(one -> one.getBatch() == batch)
                .findFirst()
                .orElseThrow(() -> new PoisonException("an answer to nothing"));
        Policy policy = run.policies.of(mask.getRevision(), null);
        int[] indices = batches.get(batch);
        float[] losses = new float[message.getLossesCount()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = message.getLosses(i);
        }
        float[] used = losses.length == 0 && policy.kind().byLoss() && policy.lossesEvery() > 1
                ? run.losses.last.of(indices)
                : losses;
        return new Judged(
                policy,
                mask.getRevision(),
                message.getWhole(),
                indices,
                used,
                message.getWhole() ? new double[0] : probabilities(run, policy, used, indices.length, history),
                BitSet.valueOf(mask.getSelected().toByteArray()),
                mask.getWeightsList());
    }

    private double[] probabilities(RunState run, Policy policy, float[] losses, int size, float[] history) {
        BatchRule rule = BatchRule.of(policy);
        boolean known = losses.length == size && noneIsMissing(losses);
        if (policy.kind() == PolicyKind.REPLAY || policy.kind().byEpoch() || (rule.wantsLosses() && !known)) {
            return new double[0];
        }
        LossHistory before = new LossHistory(Math.max(1, policy.historySize()));
        before.append(history);
        try {
            float[] references = run.reference.of(policy, batches.get(batch));
            return rule.probabilities(new Batch(run.opened.getSeed(), epoch, batch, size, losses, references), before);
        } catch (RefusalException refused) {
            // The batch had no mask then.
            return new double[0];
        }
    }

    private static boolean noneIsMissing(float[] losses) {
        for (float loss : losses) {
            if (Float.isNaN(loss)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        answers.close();
    }
}
