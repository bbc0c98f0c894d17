package org.dietsb.selector.report;

import java.util.List;

/** The result of trying a policy on the last batches of a run. */
public sealed interface Trial {

    /** The policy was tried; batches are in order. */
    record Judged(List<OfBatch> batches, Verdict all) implements Trial {
        public Judged {
            batches = List.copyOf(batches);
        }
    }

    /** The result for one batch: epoch from 1, batch from 0, and the revision that judged it. */
    record OfBatch(int epoch, int batch, long revision, Verdict verdict) {}

    /** The policy cannot be tried, for a reason in words. */
    record Impossible(String reason) implements Trial {}
}
