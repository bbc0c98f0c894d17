package org.dietsb.selector.mask;

import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.RandomLike;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.policy.Replay;
import org.dietsb.selector.record.Bits;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.LastBatch;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** Judges the batches of a run by its losses, and notes what was selected. One thread. */
record BatchJudge(
        AttemptOpened opened,
        RunLosses losses,
        ReplayedMasks replayed,
        ReferenceLosses reference,
        Recording recording,
        RunFigures figures,
        JudgeContext context) {

    /** Bytes of an answer besides its bits and weights. */
    private static final int ANSWER_BYTES = 200;

    /**
     * Returns the mask of a batch.
     *
     * @param fromProxy examples that the run's proxy selected in the epoch, by index; null if the run is judged by its own losses
     */
    BatchMask mask(Announced batch, @Nullable BitSet fromProxy) throws RefusalException {
        BitSet selected = selected(batch, fromProxy);
        note(batch, selected);
        return BatchMask.newBuilder()
                .setEpoch(batch.epoch())
                .setBatch(batch.batch())
                .setRevision(batch.message().getRevision())
                .setSelected(Bits.toWire(selected, batch.size()))
                .setSelectedCount(selected.cardinality())
                .addAllWeights(weights(batch, selected))
                .build();
    }

    /**
     * Judges the next batch. What was selected is not noted: no later selection of a run apart from live ones depends on it.
     *
     * @return the selected places
     */
    BitSet selected(Announced batch, @Nullable BitSet fromProxy) throws RefusalException {
        Policy policy = batch.policy();
        RefusalException.unlessEmpty(policy.unfitFor(Math.max(batch.size(), opened.getBatchSize())));
        losses.reserve(policy, batch.hasLosses());
        int weightBytes = policy.kind() == PolicyKind.REPB ? Float.BYTES * batch.size() : 0;
        losses.reserveKept(ANSWER_BYTES + batch.size() / 8 + weightBytes, 0);
        BitSet ofAnother = policy.kind() == PolicyKind.REPLAY && !batch.isWhole()
                ? replayed.of(policy, batch.epoch()).selected()
                : fromProxy;
        if (batch.hasLosses() && fromProxy == null) {
            losses.last.note(batch.indices(), batch.losses().losses());
        }
        if (policy.kind() == PolicyKind.RANDOM_LIKE && !batch.isWhole()) {
            return selectLike(batch);
        }
        return ofAnother == null ? select(batch) : Replay.select(batch.indices(), ofAnother);
    }

    /**
     * Looks up the masks that a batch takes over, and the losses of the reference that it is judged by, if it does.
     *
     * @throws PendingException if that is not finished
     */
    void lookUp(Announced batch) throws RefusalException {
        if (batch.policy().kind().replays() && !batch.isWhole()) {
            var unused = replayed.of(batch.policy(), batch.epoch());
        }
        if (!batch.isWhole()) {
            var unused = reference.of(batch.policy(), new int[0]);
        }
    }

    private void note(Announced batch, BitSet selected) {
        Policy policy = batch.policy();
        float[] ofBatch = batch.losses().losses();
        recording.judged(batch.epoch(), batch.batch(), policy, batch.indices(), selected);
        selected.stream().forEach(place -> losses.times.count(batch.indices()[place]));
        figures.judged(new LastBatch(
                batch.epoch(),
                batch.batch(),
                batch.message().getRevision(),
                policy,
                batch.indices(),
                ofBatch,
                selected));
        context.count(meters -> meters.judged(policy.kind().label(), ofBatch, selected, batch.size()));
    }

    private BitSet selectLike(Announced batch) throws RefusalException {
        int count = replayed.like(batch.policy(), batch.epoch())
                .count(batch.indices(), (long) batch.batch() * opened.getBatchSize());
        return RandomLike.select(
                new Batch(opened.getSeed(), batch.epoch(), batch.batch(), batch.size(), new float[0]), count);
    }

    private BitSet select(Announced batch) throws RefusalException {
        if (batch.isWhole()) {
            losses.history(batch.policy()).append(batch.losses().losses());
            return all(batch);
        }
        if (batch.hasLosses() || !BatchRule.of(batch.policy()).wantsLosses()) {
            int[] places = IntStream.range(0, batch.size()).toArray();
            return select(batch, places, batch.losses().losses());
        }
        // A trainer that goes on alone after a time-out announces no losses, and trains such batches whole.
        return batch.policy().lossesEvery() == 1 ? all(batch) : selectByEarlierLosses(batch);
    }

    private static BitSet all(Announced batch) {
        BitSet all = new BitSet();
        all.set(0, batch.size());
        return all;
    }

    /** Judges by the losses of an earlier epoch; selects every example that has none. */
    private BitSet selectByEarlierLosses(Announced batch) throws RefusalException {
        float[] last = losses.last.of(batch.indices());
        int[] known = IntStream.range(0, last.length)
                .filter(place -> !Float.isNaN(last[place]))
                .toArray();
        float[] ofKnown = new float[known.length];
        for (int i = 0; i < ofKnown.length; i++) {
            ofKnown[i] = last[known[i]];
        }
        BitSet selected = known.length == 0 ? new BitSet() : select(batch, known, ofKnown);
        IntStream.range(0, last.length)
                .filter(place -> Float.isNaN(last[place]))
                .forEach(selected::set);
        return selected;
    }

    /** Selects by the policy's rule from these places, 1 or more, by their losses if the rule wants any. */
    private BitSet select(Announced batch, int[] places, float[] ofPlaces) throws RefusalException {
        int[] indices =
                IntStream.of(places).map(place -> batch.indices()[place]).toArray();
        Batch judged = new Batch(
                opened.getSeed(),
                batch.epoch(),
                batch.batch(),
                places.length,
                ofPlaces,
                reference.of(batch.policy(), indices));
        BitSet selected = new BitSet();
        for (int chosen : BatchRule.of(batch.policy()).select(judged, losses.history(batch.policy()))) {
            selected.set(places[chosen]);
        }
        return selected;
    }

    /** Returns the weights of the selected examples, in order; none if all are 1. */
    private List<Float> weights(Announced batch, BitSet selected) {
        if (batch.policy().kind() != PolicyKind.REPB) {
            return List.of();
        }
        List<Float> weights = selected.stream()
                .mapToObj(place -> RePB.weight(
                        batch.epoch(),
                        losses.times.of(batch.indices()[place]),
                        batch.policy().number(Parameter.CAP)))
                .toList();
        return weights.stream().allMatch(weight -> weight == 1) ? List.of() : weights;
    }
}
