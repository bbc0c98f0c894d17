package org.dietsb.selector.diet;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.policy.RefusalException;

/**
 * The EL2N scores of a training set.
 *
 * @param fingerprint checksum of the dataset
 * @param scores [N], 0 or more; EL2N is in [0, sqrt 2]
 * @param labels [N], classes from 0; empty if the set has none
 */
public record ScoreSet(String id, String fingerprint, float[] scores, int[] labels) {

    public ScoreSet {
        if (labels.length != 0 && scores.length != labels.length) {
            throw new IllegalArgumentException(scores.length + " scores for " + labels.length + " labels");
        }
    }

    /** Whether these are the scores of a training set of this size and checksum. */
    public boolean isOf(int count, String checksum) {
        return scores.length == count && fingerprint.equals(checksum);
    }

    /**
     * Returns this set for a policy that uses it.
     *
     * @throws RefusalException if the policy needs classes and the set has no labels
     */
    public ScoreSet forPolicy(Policy policy) throws RefusalException {
        if (policy.kind() == Policy.Kind.RCAP && labels.length == 0) {
            throw new RefusalException(
                    "score set " + id + " has no labels, which rcap needs: allowed is a set with labels");
        }
        return forDiet(policy.kind().hasDiet() && policy.balanced());
    }

    /**
     * Returns this set for a diet.
     *
     * @throws RefusalException if the diet balances classes and the set has no labels
     */
    ScoreSet forDiet(boolean balanced) throws RefusalException {
        if (balanced && labels.length == 0 && scores.length > 0) {
            throw new RefusalException("score set " + id
                    + " has no labels, which a balanced diet needs: allowed is balanced=false, or a set with labels");
        }
        return this;
    }
}
