package org.dietsb.selector.record;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.RunRecord;
import org.jspecify.annotations.Nullable;

/**
 * A run whose masks are recorded, in whole or in part.
 *
 * @param checksum of all masks, 16 hexadecimal digits; null unless all epochs are recorded
 * @param end the description of the run and how it ended; null until it is over
 * @param missing why the run cannot be replayed, in words; empty if it can
 */
public record RecordedRun(
        String runId,
        long attempt,
        @Nullable String checksum,
        @Nullable RunRecord end,
        String missing,
        List<Epoch> epochs) {

    /**
     * A recorded epoch.
     *
     * @param epoch from 1
     * @param selected number of selected examples
     * @param kept number of examples that the diet left; null if it left all
     * @param policy that judged the first batch
     */
    public record Epoch(int epoch, int selected, @Nullable Integer kept, Policy policy) {}

    public RecordedRun {
        epochs = List.copyOf(epochs);
    }

    /**
     * Refuses a run that a policy of this kind cannot use: a random-like needs the counts alone, so that weights do not matter.
     *
     * @throws RefusalException with the reason
     */
    public void mustServe(PolicyKind kind) throws RefusalException {
        if (kind != PolicyKind.RANDOM_LIKE || checksum == null) {
            RefusalException.unlessEmpty(missing);
        }
    }

    /** Size of the training set, before any diet; 0 until the run is over. */
    public int examples() {
        return end == null ? 0 : end.getExamples();
    }

    /** Returns the name of exactly this record, as a policy has it. */
    public String name() {
        return runId + "@" + checksum;
    }

    /** Mean share of all examples that an epoch selected; 0 if there are no epochs. */
    public double keep() {
        return epochs.stream()
                .mapToDouble(epoch -> (double) epoch.selected() / Math.max(1, examples()))
                .average()
                .orElse(0);
    }
}
