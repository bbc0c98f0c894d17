package org.dietsb.selector.mask;

import java.util.BitSet;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.InfoBatch;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Bits;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.EpochOpened;
import org.jspecify.annotations.Nullable;

/** Chooses the examples that an epoch of a run trains on: by diet, by the losses of earlier steps, or as another run did. One thread. */
record EpochAnswer(String runId, AttemptOpened opened, RunLosses losses, ReplayedMasks replayed, JudgeContext context) {

    private int examples() {
        return losses.examples();
    }

    /** Returns the mask of an epoch that begins under this policy. */
    EpochMask mask(Policy policy, EpochOpened epoch) throws RefusalException {
        boolean byEpoch = policy.kind().byEpoch();
        RefusalException.unlessEmpty(policy.unfitFor(opened.getBatchSize()));
        losses.reserve(policy, byEpoch || policy.kind().byLoss());
        if (byEpoch || policy.prePruned() > 0) {
            context.room.requireForChoosingAmong(examples());
        }
        EpochMask.Builder mask =
                EpochMask.newBuilder().setEpoch(epoch.getEpoch()).setRevision(epoch.getRevision());
        if (byEpoch && !epoch.getWhole()) {
            return policy.kind() == Policy.Kind.REPB ? rePB(policy, mask) : infoBatch(policy, mask);
        }
        if (policy.kind() == Policy.Kind.REPLAY) {
            return afterDiet(replayed.of(policy, epoch.getEpoch()).kept(), mask);
        }
        boolean hasDiet = policy.kind().hasDiet() && policy.prePruned() > 0 && epoch.getEpoch() > policy.ownEpochs();
        return afterDiet(hasDiet ? diet(policy) : null, mask);
    }

    private EpochMask afterDiet(@Nullable BitSet kept, EpochMask.Builder mask) {
        if (kept == null) {
            return mask.setKeptCount(examples()).build();
        }
        context.count(meters -> meters.dieted(examples() - kept.cardinality()));
        return mask.setKept(Bits.toWire(kept, examples()))
                .setKeptCount(kept.cardinality())
                .build();
    }

    private BitSet diet(Policy policy) throws RefusalException {
        BitSet kept = new Diet(policy.prePruned(), policy.order(), policy.balanced())
                .kept(examples(), opened.getSeed(), scores(policy));
        if (kept.isEmpty()) {
            throw new RefusalException("a diet of " + policy.prePruned() + " leaves nothing to train on");
        }
        return kept;
    }

    private @Nullable ScoreSet scores(Policy policy) throws RefusalException {
        String scoreSet = policy.scoresOf(runId);
        return scoreSet == null
                ? null
                : context.sources.scores(
                        scoreSet, examples(), opened.getDataset().getChecksum());
    }

    private EpochMask infoBatch(Policy policy, EpochMask.Builder mask) {
        InfoBatch.Choice choice =
                new InfoBatch(policy.keep()).choose(opened.getSeed(), mask.getEpoch(), examples(), losses.last::of);
        mask.setKeptCount(choice.kept().cardinality());
        if (!choice.weighted().isEmpty()) {
            mask.setKept(Bits.toWire(choice.kept(), examples()))
                    .setWeighted(Bits.toWire(choice.weighted(), examples()))
                    .setWeight(choice.weight());
        }
        return mask.build();
    }

    private EpochMask rePB(Policy policy, EpochMask.Builder mask) {
        BitSet kept =
                new RePB(policy.keep()).choose(opened.getSeed(), mask.getEpoch(), examples(), losses.last::isBelowMean);
        mask.setKeptCount(kept.cardinality());
        if (kept.cardinality() < examples()) {
            mask.setKept(Bits.toWire(kept, examples()));
        }
        return mask.build();
    }
}
