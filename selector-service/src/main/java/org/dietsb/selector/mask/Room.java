package org.dietsb.selector.mask;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How many runs this selector may hold, and how much memory their losses may take: what goes beyond is refused before it is
 * taken, and what is held stays. One thread.
 */
final class Room {
    /** Bytes an example takes while a diet or InfoBatch chooses among all: keys, a copy to select from, places. */
    private static final int CHOOSING_BYTES = 40;

    private static final Duration LEAST_FORGET_AFTER = Duration.ofMinutes(1);

    private final int mostRuns;
    private final double lossesOfHeap;
    private final long heapBytes;
    private final Supplier<Stream<MaskAnswers>> holders;

    /**
     * Room as configured.
     *
     * @param heapBytes the most that this virtual machine's heap grows to
     * @param holders of runs, all of them at any time
     */
    Room(SelectorConfig config, long heapBytes, Supplier<Stream<MaskAnswers>> holders) {
        within("largest-batch", config.largestBatch(), 1, 65_536);
        within("largest-dataset", config.largestDataset(), 1, 100_000_000);
        within("unfinished-scores", config.unfinishedScores(), 10_000, 100_000_000);
        if (config.mostRuns() < 1) {
            throw new IllegalArgumentException(
                    "dietsb.selector.most-runs is " + config.mostRuns() + ", allowed is 1 or more");
        }
        if (config.mostRecords() < 1) {
            throw new IllegalArgumentException(
                    "dietsb.selector.most-records is " + config.mostRecords() + ", allowed is 1 or more");
        }
        if (!(config.lossesOfHeap() > 0 && config.lossesOfHeap() < 1)) {
            throw new IllegalArgumentException(
                    "dietsb.selector.losses-of-heap is " + config.lossesOfHeap() + ", allowed is (0, 1)");
        }
        if (config.forgetAfter().compareTo(LEAST_FORGET_AFTER) < 0) {
            throw new IllegalArgumentException("dietsb.selector.forget-after is " + config.forgetAfter()
                    + ", allowed is " + LEAST_FORGET_AFTER + " or more, and longer than the longest epoch");
        }
        Duration every = config.reportEvery();
        if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "dietsb.selector.report-every is " + every + ", allowed is [PT1S, PT1H]");
        }
        this.mostRuns = config.mostRuns();
        this.lossesOfHeap = config.lossesOfHeap();
        this.heapBytes = heapBytes;
        this.holders = holders;
    }

    private static void within(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "dietsb.selector." + setting + " is " + value + ", allowed is [" + least + ", " + most + "]");
        }
    }

    /** Why no further run can be held, in words; empty if one can. */
    String forRun() {
        int held = holders.get().mapToInt(MaskAnswers::runs).sum();
        return held < mostRuns
                ? ""
                : "the selector holds " + held + " runs, as many as dietsb.selector.most-runs allows";
    }

    /** Why losses cannot take so many bytes more, in words; empty if they can. */
    String forLosses(long bytes) {
        long taken = holders.get().mapToLong(MaskAnswers::lossBytes).sum();
        return taken + bytes <= lossesOfHeap * heapBytes
                ? ""
                : "the run's losses take " + mebibytes((double) bytes) + ", those before " + mebibytes((double) taken)
                        + ": dietsb.selector.losses-of-heap allows " + lossesOfHeap + " of the "
                        + mebibytes((double) heapBytes)
                        + " that -Xmx gives the selector";
    }

    /** Why it cannot be chosen among so many examples, in words; empty if it can. Half of what is not for losses is for this. */
    String forChoosingAmong(int examples) {
        double allowed = (1 - lossesOfHeap) * heapBytes / 2;
        double needed = (double) CHOOSING_BYTES * examples;
        return needed <= allowed
                ? ""
                : "to choose among " + examples + " examples takes " + mebibytes(needed) + ", allowed is "
                        + mebibytes(allowed) + ": half of what dietsb.selector.losses-of-heap, " + lossesOfHeap
                        + ", leaves of the " + mebibytes((double) heapBytes) + " that -Xmx gives the selector";
    }

    private static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
    }
}
