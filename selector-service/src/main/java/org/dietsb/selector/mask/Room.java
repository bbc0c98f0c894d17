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
    /** Bytes per example while a diet, or a policy that judges by epoch, chooses among all: some sets of bits, and their copies in a message. */
    private static final int CHOOSING_BYTES = 2;
    /** Bytes of a choice among any number of examples: keys, a copy to select from. */
    private static final int LEAST_CHOOSING_BYTES = 20 << 20;
    /** Bytes of a run before it has losses. */
    private static final int RUN_BYTES = 4_096;

    private int heldRuns() {
        return holders.get().mapToInt(MaskAnswers::runs).sum();
    }

    /** Whether a further run can be held. */
    boolean isForRun() {
        try {
            requireForRun();
            return true;
        } catch (RefusalException full) {
            return false;
        }
    }

    /** Refuses a further run if there is no room for it. */
    void requireForRun() throws RefusalException {
        int held = heldRuns();
        if (held >= config.mostRuns()) {
            throw new RefusalException(
                    "the selector holds " + held + " runs, as many as dietsb.selector.most-runs allows");
        }
        requireForLosses(RUN_BYTES);
    }

    /** Returns the bytes that a run takes besides its losses. */
    static long bytesBesidesLosses(RunState run) {
        return RUN_BYTES + 2L * run.opened.getSerializedSize() + run.policies.bytes() + run.losses.keptBytes();
    }

    /** Refuses losses if they take more memory than there is left for losses. */
    void requireForLosses(long bytes) throws RefusalException {
        long taken = holders.get()
                .mapToLong(all -> all.lossBytes() + all.otherBytes())
                .sum();
        if (taken + bytes > config.lossesOfHeap() * heapBytes) {
            throw new RefusalException("the run's losses take " + mebibytes((double) bytes) + ", those before "
                    + mebibytes((double) taken) + ": dietsb.selector.losses-of-heap allows " + config.lossesOfHeap()
                    + " of the "
                    + mebibytes((double) heapBytes) + " that -Xmx gives the selector");
        }
    }

    /**
     * Refuses to choose among so many examples if that takes more than half of the heap that is not for losses.
     *
     * @param more bytes per example that this choice takes besides
     */
    void requireForChoosingAmong(int examples, int more) throws RefusalException {
        long keys = Math.min(LEAST_CHOOSING_BYTES, 2L * Long.BYTES * examples);
        requireOfRest("to choose among " + examples + " examples", keys + (double) (CHOOSING_BYTES + more) * examples);
    }

    /** Refuses to take in states of held runs, which are there twice until then, if they take more than half of that rest. */
    void requireForArriving(long bytes) throws RefusalException {
        requireOfRest(
                "to take in states of runs",
                bytes + holders.get().mapToLong(MaskAnswers::arrivingBytes).sum());
    }

    private void requireOfRest(String what, double needed) throws RefusalException {
        double allowed = (1 - config.lossesOfHeap()) * heapBytes / 2;
        if (needed > allowed) {
            throw new RefusalException(what + " takes " + mebibytes(needed)
                    + ", allowed is " + mebibytes(allowed) + ": half of what dietsb.selector.losses-of-heap, "
                    + config.lossesOfHeap() + ", leaves of the " + mebibytes((double) heapBytes)
                    + " that -Xmx gives the selector");
        }
    }

    private static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
    }
}
