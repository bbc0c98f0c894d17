package org.dietsb.selector.mask;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.RefusalException;

/**
 * Bounds the runs that this selector holds and the memory that their losses take: refuses what would exceed a bound. One thread.
 *
 * @param heapBytes maximum heap size of this virtual machine
 * @param holders all that hold runs, at the time of the call
 */
record Room(SelectorConfig config, long heapBytes, Supplier<Stream<MaskAnswers>> holders) {
    /** Bytes per example while a diet, infobatch or repb chooses among all: keys, a copy to select from, places. */
    private static final int CHOOSING_BYTES = 40;

    private int heldRuns() {
        return holders.get().mapToInt(MaskAnswers::runs).sum();
    }

    /** Whether a further run can be held. */
    boolean isForRun() {
        return heldRuns() < config.mostRuns();
    }

    /** Refuses a further run if there is no room for it. */
    void requireForRun() throws RefusalException {
        int held = heldRuns();
        if (held >= config.mostRuns()) {
            throw new RefusalException(
                    "the selector holds " + held + " runs, as many as dietsb.selector.most-runs allows");
        }
    }

    /** Refuses losses if they take more memory than there is left for losses. */
    void requireForLosses(long bytes) throws RefusalException {
        long taken = holders.get().mapToLong(MaskAnswers::lossBytes).sum();
        if (taken + bytes > config.lossesOfHeap() * heapBytes) {
            throw new RefusalException("the run's losses take " + mebibytes((double) bytes) + ", those before "
                    + mebibytes((double) taken) + ": dietsb.selector.losses-of-heap allows " + config.lossesOfHeap()
                    + " of the "
                    + mebibytes((double) heapBytes) + " that -Xmx gives the selector");
        }
    }

    /** Refuses to choose among so many examples if that takes more than half of the heap that is not for losses. */
    void requireForChoosingAmong(int examples) throws RefusalException {
        double allowed = (1 - config.lossesOfHeap()) * heapBytes / 2;
        double needed = (double) CHOOSING_BYTES * examples;
        if (needed > allowed) {
            throw new RefusalException("to choose among " + examples + " examples takes " + mebibytes(needed)
                    + ", allowed is " + mebibytes(allowed) + ": half of what dietsb.selector.losses-of-heap, "
                    + config.lossesOfHeap() + ", leaves of the " + mebibytes((double) heapBytes)
                    + " that -Xmx gives the selector");
        }
    }

    private static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
    }
}
