package org.dietsb.selector.mask;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** The losses of a reference, a score set, that batches of a run are judged by; remembers the set that was looked up last. One thread. */
final class ReferenceLosses {
    private final AttemptOpened opened;
    private final JudgeContext context;
    private @Nullable ScoreSet last;

    ReferenceLosses(AttemptOpened opened, JudgeContext context) {
        this.opened = opened;
        this.context = context;
    }

    /** Returns whether a policy judges batches by a reference. */
    static boolean isUsedBy(Policy policy) {
        return policy.kind() == PolicyKind.RHO && policy.keep() < 1 && policy.proxy() == null;
    }

    /**
     * Returns the losses of these examples, [B] in nats; none if the policy uses no reference.
     *
     * @throws RefusalException if the score set cannot be used, holds no losses, or is of another training set
     * @throws PendingException if it is not read yet
     */
    float[] of(Policy policy, int[] indices) throws RefusalException {
        if (!isUsedBy(policy)) {
            return new float[0];
        }
        float[] all = scores(policy).scores();
        float[] losses = new float[indices.length];
        for (int place = 0; place < losses.length; place++) {
            losses[place] = all[indices[place]];
        }
        return losses;
    }

    private ScoreSet scores(Policy policy) throws RefusalException {
        String id = policy.scoreSet();
        ScoreSet known = last;
        if (known == null || !known.id().equals(id)) {
            known = context.sources
                    .scores(
                            String.valueOf(id),
                            opened.getDataset().getCount(),
                            opened.getDataset().getChecksum())
                    .forPolicy(policy);
            last = known;
        }
        return known;
    }
}
