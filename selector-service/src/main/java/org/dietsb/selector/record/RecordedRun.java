package org.dietsb.selector.record;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * A run whose masks are recorded, as far as they are.
 *
 * @param checksum of all its masks, 16 hexadecimal digits; null where it is not whole
 * @param dataset its name; like all below but the epochs, null or 0 until the run is over
 * @param examples of its training set, before any diet
 * @param fingerprint of its dataset
 * @param ended how it ended: completed, or why; null as long as that is not known
 * @param accuracy on the test set, of its last evaluation
 * @param missing why it cannot be replayed, in words; empty if it can
 */
public record RecordedRun(
        String runId,
        long attempt,
        @Nullable String checksum,
        @Nullable String dataset,
        int examples,
        @Nullable String fingerprint,
        @Nullable String model,
        long seed,
        int batchSize,
        @Nullable String ended,
        @Nullable Double accuracy,
        String missing,
        List<Epoch> epochs) {

    /**
     * An epoch.
     *
     * @param epoch from 1
     * @param selected so many examples
     * @param kept so many the diet left; null where it left all
     * @param policy that its first batch was judged by
     */
    public record Epoch(int epoch, int selected, @Nullable Integer kept, Policy policy) {}

    public RecordedRun {
        epochs = List.copyOf(epochs);
    }

    /** Share of all examples that its epochs selected, in the mean; 0 where there are none. */
    public double keep() {
        return epochs.stream()
                .mapToDouble(epoch -> (double) epoch.selected() / Math.max(1, examples))
                .average()
                .orElse(0);
    }
}
