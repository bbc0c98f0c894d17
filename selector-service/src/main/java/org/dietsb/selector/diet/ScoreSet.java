package org.dietsb.selector.diet;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.RefusalException;

/**
 * The scores of a training set.
 *
 * @param fingerprint checksum of the dataset
 * @param scores [N], 0 or more; EL2N is in [0, sqrt 2]
 * @param labels [N], classes from 0; empty if the set has none
 * @param method how they were computed; empty = EL2N
 */
public record ScoreSet(String id, String fingerprint, float[] scores, int[] labels, String method) {
    /** Methods whose scores are losses, in nats. */
    private static final List<String> LOSSES = List.of("last-loss", "mean-loss");

    public ScoreSet {
        if (labels.length != 0 && scores.length != labels.length) {
            throw new IllegalArgumentException(scores.length + " scores for " + labels.length + " labels");
        }
    }

    /** Creates a set of EL2N scores. */
    public ScoreSet(String id, String fingerprint, float[] scores, int[] labels) {
        this(id, fingerprint, scores, labels, "");
    }

    /** Whether these are the scores of a training set of this size and checksum. */
    public boolean isOf(int count, String checksum) {
        return scores.length == count && fingerprint.equals(checksum);
    }

    /**
     * Returns this set for a policy that uses it.
     *
     * @throws RefusalException if the policy needs classes and the set has no labels, or if it needs losses and these are other scores
     */
    public ScoreSet forPolicy(Policy policy) throws RefusalException {
        if (policy.kind() == PolicyKind.RCAP && labels.length == 0) {
            throw new RefusalException(
                    "score set " + id + " has no labels, which rcap needs: allowed is a set with labels");
        }
        if (policy.kind() == PolicyKind.RHO && !LOSSES.contains(method)) {
            throw new RefusalException("score set " + id + " holds " + (method.isEmpty() ? "EL2N scores" : method)
                    + ", but rho needs losses: allowed is a set of method " + String.join(" or ", LOSSES));
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
