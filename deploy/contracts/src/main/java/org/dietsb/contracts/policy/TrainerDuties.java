package org.dietsb.contracts.policy;

/** What a policy requires of the trainer: selection passes, losses to report, and what to train whole. */
public final class TrainerDuties {
    private TrainerDuties() {}

    /** Returns whether batches are judged by losses of the run's own selection passes. */
    public static boolean wantsLosses(Policy policy) {
        return policy.kind().byLoss() && policy.keep() < 1 && policy.proxy() == null;
    }

    /**
     * Returns whether batches need a selection pass in an epoch.
     *
     * @param epochs since the one in which the policy took effect
     */
    public static boolean wantsSelectionPass(Policy policy, int epochs) {
        return wantsLosses(policy) && epochs % policy.lossesEvery() == 0;
    }

    /** Returns whether the selector judges by the losses of the training steps. */
    public static boolean wantsTrainedLosses(Policy policy) {
        return policy.kind().byTrainedLosses()
                && (policy.keep() < 1 || !policy.kind().hasKeep());
    }

    /**
     * Returns whether the mask of a batch depends on no losses, reported or remembered.
     *
     * @param whole whether the batch is trained whole, whatever the policy
     */
    public static boolean isFreeOfLosses(Policy policy, boolean whole) {
        return policy.proxy() == null && (whole || !wantsLosses(policy));
    }

    /** Returns the cost of selecting, in full-size forward passes per example and epoch. */
    public static double selectionCost(Policy policy) {
        return wantsLosses(policy) ? policy.selectionScale() * policy.selectionScale() / policy.lossesEvery() : 0;
    }

    /** Returns whether kept examples queue until there is a full batch. */
    public static boolean accumulates(Policy policy) {
        return policy.kind().selects() && policy.batching() == Policy.Batching.ACCUMULATE;
    }

    /** Returns whether an epoch-wise policy trains the epoch that begins at this progress, in [0, 1), whole, by its schedule. */
    public static boolean trainsEpochWhole(Policy policy, double progress) {
        return policy.kind().byEpoch() && isOutside(policy, progress);
    }

    /**
     * Returns whether a batch is trained whole: by the schedule, or because its epoch is one that the diet collects error norms in.
     *
     * @param epoch from 1
     * @param progress share of training done, in [0, 1)
     * @param batch from 0, within its epoch
     */
    public static boolean trainsWhole(Policy policy, int epoch, double progress, int batch) {
        boolean interrupted = policy.interrupt() > 0 && batch % policy.interrupt() == policy.interrupt() - 1;
        return policy.kind().selects() && (isOutside(policy, progress) || interrupted || epoch <= policy.ownEpochs());
    }

    private static boolean isOutside(Policy policy, double progress) {
        return progress < policy.start() || progress >= policy.end();
    }
}
