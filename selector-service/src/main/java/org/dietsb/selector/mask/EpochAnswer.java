package org.dietsb.selector.mask;

import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.Classes;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.policy.RandomLike;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Bits;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.EpochOpened;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the examples that an epoch of a run trains on: by diet, by the losses of earlier steps, or as another run did. A choice among
 * many examples is made by {@link Decisions}. One thread.
 */
final class EpochAnswer {
    /** Size of the largest training set whose examples are chosen at once, which takes some milliseconds. */
    static final int AT_ONCE = 65_536;

    private final String runId;
    private final AttemptOpened opened;
    private final RunLosses losses;
    private final ReplayedMasks replayed;
    private final ReferenceLosses reference;
    private final Recording recording;
    private final JudgeContext context;
    private @Nullable Pending pending;

    private record Pending(Policy policy, EpochOpened epoch, Future<EpochMask> mask) {}

    EpochAnswer(
            String runId,
            AttemptOpened opened,
            RunLosses losses,
            ReplayedMasks replayed,
            ReferenceLosses reference,
            Recording recording,
            JudgeContext context) {
        this.runId = runId;
        this.opened = opened;
        this.losses = losses;
        this.replayed = replayed;
        this.reference = reference;
        this.recording = recording;
        this.context = context;
    }

    private int examples() {
        return losses.examples();
    }

    /**
     * Returns the mask of an epoch that begins under this policy.
     *
     * @throws PendingException if it is not decided yet; the losses of the run must not change until it is
     */
    EpochMask mask(Policy policy, EpochOpened epoch) throws RefusalException {
        Pending asked = pending;
        if (asked == null || !asked.policy.equals(policy) || !asked.epoch.equals(epoch)) {
            giveUp();
            Callable<EpochMask> decision = decision(policy, epoch);
            if (examples() <= AT_ONCE) {
                return counted(policy, atOnce(decision));
            }
            asked = new Pending(policy, epoch, context.decisions.submit(() -> context.timed(decision)));
            pending = asked;
        }
        try {
            EpochMask mask = Decisions.made(asked.mask);
            pending = null;
            return counted(policy, mask);
        } catch (RefusalException refusal) {
            pending = null;
            throw refusal;
        }
    }

    private static EpochMask atOnce(Callable<EpochMask> decision) throws RefusalException {
        try {
            return decision.call();
        } catch (RefusalException | RuntimeException expected) {
            throw expected;
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private EpochMask counted(Policy policy, EpochMask mask) {
        if (!policy.kind().byEpoch() && !mask.getKept().isEmpty()) {
            context.count(meters -> meters.dieted(examples() - mask.getKeptCount()));
        }
        return mask;
    }

    /** Gives up a decision that nobody will ask for any more. */
    void giveUp() {
        if (pending != null) {
            context.decisions.giveUp(pending.mask);
            pending = null;
        }
    }

    /** Returns the decision about an epoch, with everything that it depends on looked up. */
    private Callable<EpochMask> decision(Policy policy, EpochOpened epoch) throws RefusalException {
        boolean byEpoch = policy.kind().byEpoch();
        RefusalException.unlessEmpty(policy.unfitFor(opened.getBatchSize()));
        losses.reserve(policy, policy.kind().byTrainedLosses() || policy.kind().byLoss());
        if (byEpoch || policy.prePruned() > 0) {
            context.room.requireForChoosingAmong(examples(), 0);
        }
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(epoch.getEpoch()).setRevision(epoch.getRevision());
        if (byEpoch && !epoch.getWhole()) {
            EpochRule.Known known = known(policy, epoch.getEpoch());
            return () -> chosen(policy, known, mask);
        }
        // What no batch of the epoch can be judged by is refused before its first.
        var unused = reference.of(policy, new int[0]);
        if (policy.kind() == PolicyKind.REPLAY) {
            BitSet kept = replayed.of(policy, epoch.getEpoch()).kept();
            return () -> afterDiet(kept, mask);
        }
        if (policy.kind() == PolicyKind.RANDOM_LIKE) {
            RandomLike like = replayed.like(policy, epoch.getEpoch());
            context.room.requireForChoosingAmong(examples(), 0);
            return () -> afterDiet(like.kept(opened.getSeed(), epoch.getEpoch(), examples()), mask);
        }
        if (policy.kind().hasDiet() && policy.prePruned() > 0 && epoch.getEpoch() > policy.ownEpochs()) {
            ScoreSet scores = scores(policy);
            Diet diet = new Diet(policy.prePruned(), policy.order(), policy.balanced());
            context.room.requireForChoosingAmong(examples(), diet.bytesPerExample(scores));
            return () -> afterDiet(kept(diet, scores), mask);
        }
        return () -> afterDiet(null, mask);
    }

    private EpochMask afterDiet(@Nullable BitSet kept, EpochMask.Builder mask) {
        return kept == null
                ? mask.setKeptCount(examples()).build()
                : mask.setKept(Bits.toWire(kept, examples()))
                        .setKeptCount(kept.cardinality())
                        .build();
    }

    private BitSet kept(Diet diet, @Nullable ScoreSet scores) throws RefusalException {
        BitSet kept = diet.kept(examples(), opened.getSeed(), scores);
        if (kept.isEmpty()) {
            throw new RefusalException("a diet of " + diet.prePruned() + " leaves nothing to train on");
        }
        return kept;
    }

    private @Nullable ScoreSet scores(Policy policy) throws RefusalException {
        String scoreSet = policy.scoresOf(runId);
        return scoreSet == null
                ? null
                : context.sources
                        .scores(scoreSet, examples(), opened.getDataset().getChecksum())
                        .forPolicy(policy);
    }

    /** Returns what the policy goes by besides losses. */
    private EpochRule.Known known(Policy policy, int epoch) throws RefusalException {
        if (policy.kind() != PolicyKind.RCAP) {
            return new EpochRule.Known(new int[0], new BitSet());
        }
        ScoreSet scores = Objects.requireNonNull(scores(policy), "rcap names a score set");
        context.room.requireForChoosingAmong(examples(), Classes.bytesPerExample(scores.labels()));
        BitSet before = recording.selected(epoch - 1);
        return new EpochRule.Known(
                scores.labels(), before == null ? EpochRule.all(examples()) : (BitSet) before.clone());
    }

    private EpochMask chosen(Policy policy, EpochRule.Known known, EpochMask.Builder mask) {
        EpochRule.Epoch epoch = new EpochRule.Epoch(opened.getSeed(), mask.getEpoch(), examples());
        EpochRule.Choice choice = EpochRule.of(policy, known)
                .choose(epoch, policy.kind() == PolicyKind.IES ? losses.recent()::bend : losses.last::signed);
        mask.setKeptCount(choice.kept().cardinality());
        if (mask.getKeptCount() < examples()) {
            mask.setKept(Bits.toWire(choice.kept(), examples()));
        }
        if (!choice.weighted().isEmpty()) {
            mask.setWeighted(Bits.toWire(choice.weighted(), examples())).setWeight(choice.weight());
        }
        return mask.build();
    }
}
