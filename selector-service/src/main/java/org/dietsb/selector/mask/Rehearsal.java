package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.TrainerDuties;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;

/**
 * Judges the recorded losses of a run again, under another policy from its first epoch on, with the code that answers live runs. The
 * losses stay those of the run as it was trained: what the policy would have changed about them is not known (off-policy). The batches are
 * those of the run, then batches of the examples that the run's own epoch left out, all without what the policy's epoch leaves out. One
 * thread.
 */
public final class Rehearsal implements AutoCloseable {
    private static final long ATTEMPT = 1;

    private final String runId;
    private final Policy policy;
    /** The policy as a message has it. */
    private final Policy sent;

    private final AttemptOpened opened;
    private final LoneAnswers answers;
    /** [examples] the last known loss of each; NaN if there is none. */
    private final float[] known;

    private long offset = ATTEMPT;

    /**
     * What an epoch would have been.
     *
     * @param selected examples that would have been trained on
     * @param judged number of examples that would have had a selection pass
     * @param stale number of losses that an earlier epoch of the run reported, because this one has none of the example
     */
    public record Epoch(int epoch, BitSet selected, int judged, int stale) {}

    /**
     * Begins a run that is trained under this policy.
     *
     * @param runId of the recorded run, whose scores of its own first epochs a diet may use
     * @param opened with what the recorded run was opened
     */
    public Rehearsal(String runId, AttemptOpened opened, Policy policy, Sources sources, SelectorConfig config) {
        this.runId = runId;
        this.policy = policy;
        this.sent = PolicyWire.fromWire(PolicyWire.toWire(policy));
        this.opened = opened.toBuilder()
                .clearProxy()
                .clearProxyOf()
                .clearReadsSpans()
                .setReadsParts(true)
                .build();
        this.answers = new LoneAnswers(sources, config);
        this.known = new float[opened.getDataset().getCount()];
        Arrays.fill(known, Float.NaN);
    }

    /**
     * Judges the next epoch.
     *
     * @throws RefusalException if the policy needs what the run has not recorded
     */
    public Epoch next(LossEpoch recorded) throws RefusalException, InterruptedException {
        if (offset == ATTEMPT) {
            var unused = send(LossMessage.newBuilder().setAttemptOpened(opened));
        }
        Judged judged = new Judged(recorded);
        open(judged);
        int number = 0;
        int announced = 0;
        for (int[] batch : batches(recorded)) {
            int[] left = IntStream.of(batch).filter(judged.kept::get).toArray();
            if (left.length > 0) {
                judge(judged, number++, left, (double) announced / known.length);
            }
            announced += batch.length;
        }
        for (int index = 0; index < known.length; index++) {
            known[index] = Float.isNaN(recorded.losses()[index]) ? known[index] : recorded.losses()[index];
        }
        return new Epoch(recorded.epoch(), judged.selected, judged.passes, judged.stale.cardinality());
    }

    /** Returns batches of all examples: first those of the run. */
    private List<int[]> batches(LossEpoch recorded) {
        BitSet announced = new BitSet(known.length);
        recorded.batches().forEach(batch -> IntStream.of(batch).forEach(announced::set));
        int[] others = IntStream.range(0, known.length)
                .filter(index -> !announced.get(index))
                .toArray();
        List<int[]> batches = new ArrayList<>(recorded.batches());
        for (int first = 0; first < others.length; first += opened.getBatchSize()) {
            batches.add(Arrays.copyOfRange(others, first, Math.min(others.length, first + opened.getBatchSize())));
        }
        return batches;
    }

    /** An epoch that is being judged. */
    private final class Judged {
        private final LossEpoch recorded;
        private final BitSet selected = new BitSet();
        private final BitSet stale = new BitSet();
        private BitSet kept = new BitSet();
        private int passes;

        Judged(LossEpoch recorded) {
            this.recorded = recorded;
            kept.set(0, known.length);
        }

        /** Share of the run that is over before a batch. */
        double progress(double ofEpoch) {
            return (recorded.epoch() - 1 + ofEpoch) / Math.max(1, opened.getEpochs());
        }

        /** Returns the losses of these examples. */
        float[] losses(int[] indices) throws RefusalException {
            float[] losses = new float[indices.length];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = loss(indices[i]);
            }
            return losses;
        }

        private float loss(int index) throws RefusalException {
            float loss = recorded.losses()[index];
            if (Float.isNaN(loss)) {
                stale.set(index);
                loss = known[index];
            }
            if (Float.isNaN(loss)) {
                throw new RefusalException(policy.kind() + " needs the loss of example " + index + " in epoch "
                        + recorded.epoch() + ": the run reported none of it up to then");
            }
            return loss;
        }
    }

    private void open(Judged judged) throws RefusalException, InterruptedException {
        var epoch = LossMessage.newBuilder();
        epoch.getEpochOpenedBuilder()
                .setEpoch(judged.recorded.epoch())
                .setPolicy(PolicyWire.toWire(policy))
                .setWhole(TrainerDuties.trainsEpochWhole(policy, judged.progress(0)));
        EpochMask mask = only(send(epoch)).getEpochMask();
        if (!mask.getKept().isEmpty()) {
            judged.kept = BitSet.valueOf(mask.getKept().toByteArray());
        }
    }

    private void judge(Judged judged, int number, int[] indices, double ofEpoch)
            throws RefusalException, InterruptedException {
        boolean whole = TrainerDuties.trainsWhole(policy, judged.recorded.epoch(), judged.progress(ofEpoch), number);
        BatchLosses batch = BatchLosses.newBuilder()
                .setEpoch(judged.recorded.epoch())
                .setBatch(number)
                .setWhole(whole)
                .build();
        boolean passes = !whole && TrainerDuties.wantsSelectionPass(policy, judged.recorded.epoch() - 1);
        float[] losses = passes ? judged.losses(indices) : new float[0];
        judged.passes += losses.length;
        BitSet places = answers.judged(runId, new Announced(batch, new ReportedLosses(indices, losses), sent));
        places.stream().forEach(place -> judged.selected.set(indices[place]));
        if (TrainerDuties.wantsTrainedLosses(policy) && !places.isEmpty()) {
            int[] trained = places.stream().map(place -> indices[place]).toArray();
            answers.trained(runId, new ReportedLosses(trained, judged.losses(trained)));
        }
    }

    private static MaskMessage only(List<MaskMessage> answers) throws RefusalException {
        MaskMessage answer = answers.get(0);
        if (answer.hasRefused()) {
            throw new RefusalException(answer.getRefused().getReason());
        }
        return answer;
    }

    private List<MaskMessage> send(LossMessage.Builder message) throws InterruptedException {
        LossMessage built = message.setRunId(runId)
                .setAttempt(offset == ATTEMPT ? 0 : ATTEMPT)
                .build();
        try {
            return answers.answer(built, offset++);
        } catch (PoisonException impossible) {
            throw new IllegalStateException(impossible.getMessage(), impossible);
        }
    }

    @Override
    public void close() {
        answers.close();
    }
}
