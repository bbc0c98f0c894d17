package org.dietsb.selector.report;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.selector.history.LossHistory;
import org.jspecify.annotations.Nullable;

/** Collects what is reported of a run while it is judged. No mask depends on it. Not thread-safe. */
public final class RunFigures {
    /** Maximum number of batches kept for policies to be tried on. */
    static final int MOST_BATCHES = 8;
    /** Maximum number of examples of these batches. */
    static final int MOST_EXAMPLES = 4_096;
    /** Maximum number of losses kept from before these batches. */
    static final int MOST_HISTORY = 4_096;

    /** The last batches that were judged. */
    private final Window last;
    /** Earlier batches with losses, as long as fewer of the last ones have any: since a swap to a policy without selection passes. */
    private final Window passed;

    private final LossHistory before = new LossHistory(MOST_HISTORY);
    private @Nullable EpochCounts lastEpoch;
    /** The last epoch before the running one that had a selection pass. */
    private @Nullable EpochCounts lastPassed;

    private @Nullable EpochCounts running;
    private boolean changed;
    private boolean epochEnded;
    private long reportedMillis;

    /** Batches in order, of which the oldest leave. Not thread-safe. */
    private static final class Window {
        final Deque<LastBatch> batches = new ArrayDeque<>();
        final int mostExamples;
        int examples;

        Window(int mostExamples) {
            this.mostExamples = mostExamples;
        }

        void add(LastBatch batch) {
            batches.add(batch);
            examples += batch.size();
        }

        LastBatch remove() {
            LastBatch oldest = batches.remove();
            examples -= oldest.size();
            return oldest;
        }

        boolean isFull() {
            return batches.size() > MOST_BATCHES || examples > mostExamples;
        }
    }

    private static final class EpochCounts {
        final int epoch;
        final int firstBatch;
        final @Nullable Integer kept;
        final LossCounts losses = new LossCounts();
        long announced;
        long selected;
        int judged;

        EpochCounts(int epoch, int firstBatch, @Nullable Integer kept) {
            this.epoch = epoch;
            this.firstBatch = firstBatch;
            this.judged = firstBatch;
            this.kept = kept;
        }

        boolean hasLosses() {
            return losses.seen() > 0;
        }

        EpochReport report() {
            return new EpochReport(epoch, firstBatch, announced, selected, kept, losses.histogram());
        }
    }

    /**
     * Creates the figures of a run that begins, or resumes from a state.
     *
     * @param history earlier losses, oldest first
     */
    public RunFigures(int batchSize, float[] history) {
        this.last = new Window(mostExamples(batchSize));
        this.passed = new Window(mostExamples(batchSize));
        before.append(history);
    }

    private static int mostExamples(int batchSize) {
        return (int) Math.min(MOST_EXAMPLES, MOST_BATCHES * Math.max(1L, batchSize));
    }

    /** Returns the maximum size in bytes, for batches of this size. */
    public static long bytes(int batchSize) {
        return 2 * (Integer.BYTES + (long) Float.BYTES) * mostExamples(batchSize)
                + LossHistory.bytes(MOST_HISTORY, false);
    }

    /** Begins an epoch for which the diet left this many examples. */
    public void opened(int epoch, int kept) {
        endEpoch(new EpochCounts(epoch, 0, kept));
        changed = true;
    }

    private EpochCounts endEpoch(EpochCounts next) {
        if (running != null) {
            lastEpoch = running;
            lastPassed = running.hasLosses() ? running : lastPassed;
            epochEnded = true;
        }
        running = next;
        return next;
    }

    /** Adds a judged batch. */
    public void judged(LastBatch batch) {
        EpochCounts counts = running != null && running.epoch == batch.epoch()
                ? running
                : endEpoch(new EpochCounts(batch.epoch(), batch.batch(), null));
        counts.announced += batch.size();
        counts.selected += batch.selected().cardinality();
        counts.judged = batch.batch() + 1;
        counts.losses.count(batch.losses(), batch.selected());
        last.add(batch);
        while (last.isFull()) {
            LastBatch oldest = last.remove();
            if (oldest.hasLosses()) {
                passed.add(oldest);
            }
        }
        long withLosses = last.batches.stream().filter(LastBatch::hasLosses).count();
        // As many as there would be if only batches with losses were kept; none too large to be kept at all.
        while (!passed.batches.isEmpty()
                && (passed.isFull() || passed.batches.size() + withLosses > keptAtOnce(passed.batches.getFirst()))) {
            before.append(passed.remove().losses());
        }
        changed = true;
    }

    /** Number of batches of this size that are kept. */
    private long keptAtOnce(LastBatch batch) {
        return Math.min(MOST_BATCHES, last.mostExamples / batch.size());
    }

    /** Returns the previous epoch, or if neither it nor the running one had a selection pass, the last that had one; and the running one. */
    private List<EpochReport> epochs(EpochCounts now) {
        boolean without = !now.hasLosses() && lastEpoch != null && !lastEpoch.hasLosses();
        return Stream.of(without && lastPassed != null ? lastPassed : lastEpoch, now)
                .filter(Objects::nonNull)
                .map(EpochCounts::report)
                .toList();
    }

    /** Time of the last report. */
    public long reportedMillis() {
        return reportedMillis;
    }

    /** Whether there is something new since the last report, and that is old enough or an epoch has ended since. */
    public boolean isDue(long nowMillis, long everyMillis) {
        return running != null && changed && (epochEnded || nowMillis - reportedMillis >= everyMillis);
    }

    /** Whether an epoch has ended since the last report. */
    public boolean hasEndedEpoch() {
        return epochEnded;
    }

    /** Whether there is something to report. */
    public boolean hasBegun() {
        return running != null;
    }

    /** Returns the report of a run that has begun, and counts as the last report from then on. */
    public RunReport report(String runId, long attempt, long seed, int examples, String fingerprint, long nowMillis) {
        EpochCounts now = Objects.requireNonNull(running, "the run has not begun");
        changed = false;
        epochEnded = false;
        reportedMillis = nowMillis;
        return new RunReport(
                runId,
                attempt,
                Instant.ofEpochMilli(nowMillis),
                seed,
                examples,
                fingerprint,
                now.epoch,
                now.judged,
                epochs(now),
                Stream.concat(passed.batches.stream(), last.batches.stream()).toList(),
                before.all());
    }
}
