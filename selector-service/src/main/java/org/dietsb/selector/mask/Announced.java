package org.dietsb.selector.mask;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.wire.BatchLosses;

/**
 * An announced batch, checked.
 *
 * @param losses of its examples, if it had a selection pass
 * @param policy that it is judged by
 */
record Announced(BatchLosses message, ReportedLosses losses, Policy policy) {

    int epoch() {
        return message.getEpoch();
    }

    int batch() {
        return message.getBatch();
    }

    /** Whether it is trained whole, whatever the policy. */
    boolean isWhole() {
        return message.getWhole();
    }

    /** Whether its mask is that of the run's proxy. */
    boolean isJudgedByProxy() {
        return policy.proxy() != null && !isWhole();
    }

    int[] indices() {
        return losses.indices();
    }

    int size() {
        return losses.size();
    }

    boolean hasLosses() {
        return losses.hasLosses();
    }
}
