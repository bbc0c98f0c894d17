package org.dietsb.selector.report;

import java.util.List;

/** How a policy does on the last batches of a run. */
public sealed interface Trial {

    /** In order of the batches. */
    record Judged(List<OfBatch> batches, Verdict all) implements Trial {
        public Judged {
            batches = List.copyOf(batches);
        }
    }

    /** Epoch from 1, batch from 0, and the revision it was judged by. */
    record OfBatch(int epoch, int batch, long revision, Verdict verdict) {}

    /** It cannot be told; the reason in words. */
    record Impossible(String reason) implements Trial {}
}
