package org.dietsb.faults.reference;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.faults.log.Lookups;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.TrainedLosses;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a selector without faults to one attempt. It shares only the selector's pure classes, and none of the code
 * that recovers, because that is the code it checks.
 */
final class ReferenceSelector {
    private static final int RECENT = 5;

    private final AttemptOpened opened;
    private final Lookups lookups;
    private final Map<Long, Policy> policies = new HashMap<>();
    private int historySize = 1;
    private LossHistory history = new LossHistory(1);
    /** Negative if it was below the mean of its step. */
    private final float[] lastLosses;

    private final int[] timesSelected;
    private double smoothing;
    /** The last five losses of each example, from the first epoch under ies on. */
    private float[] recentLosses = {};

    ReferenceSelector(AttemptOpened opened, Lookups lookups) {
        this.opened = opened;
        this.lookups = lookups;
        this.lastLosses = new float[opened.getDataset().getCount()];
        Arrays.fill(lastLosses, Float.NaN);
        this.timesSelected = new int[lastLosses.length];
    }

    LossState state() {
        return new LossState(
                historySize,
                history.with(new float[0], historySize),
                lastLosses.clone(),
                timesSelected.clone(),
                recentLosses.clone(),
                smoothing);
    }

    /** Continues from a state; policies are announced again. */
    void restore(LossState state) {
        policies.clear();
        historySize = state.historySize();
        smoothing = state.smoothing();
        recentLosses = state.recentLosses().clone();
        history = new LossHistory(historySize);
        history.append(state.history());
        System.arraycopy(state.lastLosses(), 0, lastLosses, 0, lastLosses.length);
        System.arraycopy(state.timesSelected(), 0, timesSelected, 0, timesSelected.length);
    }

    EpochMask answer(EpochOpened epoch) {
        Policy policy = policy(epoch.getRevision(), epoch.hasPolicy() ? epoch.getPolicy() : null);
        smoothing = policy.kind() == PolicyKind.BLS ? policy.number(Parameter.SMOOTHING) : 0;
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(epoch.getEpoch()).setRevision(epoch.getRevision());
        int examples = lastLosses.length;
        boolean bends = policy.kind() == PolicyKind.IES;
        if (bends && recentLosses.length == 0) {
            recentLosses = new float[RECENT * examples];
            Arrays.fill(recentLosses, Float.NaN);
        }
        if (policy.kind().byEpoch() && !epoch.getWhole()) {
            EpochRule.Choice choice = EpochRule.of(policy)
                    .choose(
                            new EpochRule.Epoch(opened.getSeed(), epoch.getEpoch(), examples),
                            index -> bends ? bend(index) : lastLosses[index]);
            mask.setKeptCount(choice.kept().cardinality());
            if (mask.getKeptCount() < examples) {
                mask.setKept(bits(choice.kept(), examples));
            }
            if (!choice.weighted().isEmpty()) {
                mask.setWeighted(bits(choice.weighted(), examples)).setWeight(choice.weight());
            }
            return mask.build();
        }
        if (policy.kind() == PolicyKind.REPLAY) {
            EpochRecord replayed = replayed(policy, epoch.getEpoch());
            return replayed.getKept().isEmpty()
                    ? mask.setKeptCount(examples).build()
                    : mask.setKept(replayed.getKept())
                            .setKeptCount(Lookups.bits(replayed.getKept()).cardinality())
                            .build();
        }
        if (!policy.kind().hasDiet() || policy.prePruned() == 0) {
            return mask.setKeptCount(examples).build();
        }
        BitSet kept = new Diet(policy.prePruned(), policy.order(), policy.balanced())
                .kept(
                        examples,
                        opened.getSeed(),
                        policy.scoreSet() == null ? null : lookups.scores().get(policy.scoreSet()));
        return mask.setKept(bits(kept, examples))
                .setKeptCount(kept.cardinality())
                .build();
    }

    BatchMask answer(BatchLosses batch) {
        Policy policy = policy(batch.getRevision(), batch.hasPolicy() ? batch.getPolicy() : null);
        BitSet selected = select(policy, batch);
        selected.stream()
                .map(batch::getIndices)
                .forEach(index -> timesSelected[index] = Math.min(65_535, timesSelected[index] + 1));
        BatchMask.Builder mask = BatchMask.newBuilder();
        if (policy.kind() == PolicyKind.REPB
                && policy.number(Parameter.CAP) > 1
                && selected.stream().anyMatch(place -> timesSelected[batch.getIndices(place)] != batch.getEpoch())) {
            selected.stream()
                    .map(place -> timesSelected[batch.getIndices(place)])
                    .forEach(times -> mask.addWeights(
                            (float) Math.min((float) batch.getEpoch() / times, policy.number(Parameter.CAP))));
        }
        return mask.setEpoch(batch.getEpoch())
                .setBatch(batch.getBatch())
                .setRevision(batch.getRevision())
                .setSelected(bits(selected, batch.getIndicesCount()))
                .setSelectedCount(selected.cardinality())
                .build();
    }

    private double bend(int index) {
        double sum = 0;
        for (int place = RECENT * index; place < RECENT * index + RECENT - 2; place++) {
            sum += Math.abs(recentLosses[place] - 2.0 * recentLosses[place + 1] + recentLosses[place + 2]);
        }
        return sum / (RECENT - 2);
    }

    void note(TrainedLosses step) {
        for (int i = 0; i < step.getIndicesCount() && recentLosses.length > 0; i++) {
            int first = RECENT * step.getIndices(i);
            System.arraycopy(recentLosses, first + 1, recentLosses, first, RECENT - 1);
            recentLosses[first + RECENT - 1] = step.getLosses(i);
        }
        if (smoothing == 0) {
            note(step.getIndicesList(), step.getLossesList());
        } else {
            double mean = step.getLossesList().stream()
                    .mapToDouble(Float::doubleValue)
                    .average()
                    .orElseThrow();
            for (int index : step.getIndicesList()) {
                double before = Float.isNaN(lastLosses[index]) ? 0 : Math.abs(lastLosses[index]);
                lastLosses[index] = (float) (smoothing * before + (1 - smoothing) * mean);
            }
        }
        RePB.belowMean(LossState.floats(step.getLossesList())).stream()
                .map(step::getIndices)
                .forEach(index -> lastLosses[index] = -lastLosses[index]);
    }

    private BitSet select(Policy policy, BatchLosses batch) {
        boolean hasLosses = batch.getLossesCount() > 0;
        float[] losses = LossState.floats(batch.getLossesList());
        int[] all = IntStream.range(0, batch.getIndicesCount()).toArray();
        if (hasLosses) {
            note(batch.getIndicesList(), batch.getLossesList());
        }
        if (batch.getWhole()) {
            history(policy).append(losses);
            return places(all);
        }
        if (policy.kind() == PolicyKind.REPLAY) {
            return selectedBy(replayed(policy, batch.getEpoch()), batch, all);
        }
        if (policy.proxy() != null) {
            return selectedBy(lookups.masks(opened.getProxy()).get(batch.getEpoch()), batch, all);
        }
        if (hasLosses || !BatchRule.of(policy).wantsLosses()) {
            return judged(policy, batch, all, losses);
        }
        if (policy.lossesEvery() == 1) {
            return places(all);
        }
        int[] known = Arrays.stream(all)
                .filter(place -> !Float.isNaN(lastLosses[batch.getIndices(place)]))
                .toArray();
        float[] stale = new float[known.length];
        for (int i = 0; i < stale.length; i++) {
            stale[i] = Math.abs(lastLosses[batch.getIndices(known[i])]);
        }
        BitSet selected = known.length == 0 ? new BitSet() : judged(policy, batch, known, stale);
        Arrays.stream(all)
                .filter(place -> Float.isNaN(lastLosses[batch.getIndices(place)]))
                .forEach(selected::set);
        return selected;
    }

    /** Returns the examples of a batch that another run's epoch selected. */
    private static BitSet selectedBy(@Nullable EpochRecord record, BatchLosses batch, int[] all) {
        BitSet theirs = Lookups.bits(Objects.requireNonNull(record).getSelected());
        return places(Arrays.stream(all)
                .filter(place -> theirs.get(batch.getIndices(place)))
                .toArray());
    }

    /** Returns an epoch of a record, whose run has as many epochs. */
    private EpochRecord replayed(Policy policy, int epoch) {
        return Objects.requireNonNull(
                lookups.masks(Objects.requireNonNull(policy.of())).get(epoch));
    }

    private BitSet judged(Policy policy, BatchLosses announced, int[] among, float[] losses) {
        float[] references = {};
        if (policy.kind() == PolicyKind.RHO) {
            float[] all = Objects.requireNonNull(lookups.scores().get(policy.scoreSet()))
                    .scores();
            references = new float[among.length];
            for (int i = 0; i < references.length; i++) {
                references[i] = all[announced.getIndices(among[i])];
            }
        }
        Batch batch = new Batch(
                opened.getSeed(), announced.getEpoch(), announced.getBatch(), among.length, losses, references);
        int[] chosen = BatchRule.of(policy).select(batch, history(policy));
        return places(Arrays.stream(chosen).map(place -> among[place]).toArray());
    }

    private LossHistory history(Policy policy) {
        if (policy.historySize() > historySize) {
            LossHistory larger = new LossHistory(policy.historySize());
            larger.append(history.with(new float[0], historySize));
            history = larger;
            historySize = policy.historySize();
        }
        return history;
    }

    private Policy policy(long revision, org.dietsb.selector.wire.@Nullable Policy announced) {
        if (announced != null) {
            policies.put(revision, PolicyWire.fromWire(announced));
        }
        return Objects.requireNonNull(
                policies.get(revision), () -> "revision " + revision + " is used before its policy was announced");
    }

    private void note(List<Integer> indices, List<Float> losses) {
        for (int i = 0; i < indices.size(); i++) {
            lastLosses[indices.get(i)] = losses.get(i);
        }
    }

    private static BitSet places(int[] places) {
        BitSet bits = new BitSet();
        Arrays.stream(places).forEach(bits::set);
        return bits;
    }

    private static ByteString bits(BitSet set, int n) {
        return ByteString.copyFrom(Arrays.copyOf(set.toByteArray(), (n + 7) / 8));
    }
}
