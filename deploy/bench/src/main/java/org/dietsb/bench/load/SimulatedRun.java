package org.dietsb.bench.load;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.dietsb.launcher.text.UserError;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;

/** State of a run of a simulated trainer: the batches in flight and the masks that they must get. Single-threaded. */
final class SimulatedRun {
    static final int EPOCH = 1;

    final String id;
    final int partition;
    private final int batchSize;
    private final int kept;
    private final Deque<Long> sentNanos = new ArrayDeque<>();
    private long attempt = -1;
    private boolean open;
    private int announced;
    private int received;

    /**
     * Creates a run without an attempt.
     *
     * @param kept examples of a batch that its policy selects
     */
    SimulatedRun(String id, int partition, int batchSize, int kept) {
        this.id = id;
        this.partition = partition;
        this.batchSize = batchSize;
        this.kept = kept;
    }

    void attempt(long number) {
        attempt = number;
    }

    long attempt() {
        return attempt;
    }

    boolean isOpen() {
        return open;
    }

    /** Returns whether the run waits for its epoch or for a mask. */
    boolean isWaiting() {
        return !open || !sentNanos.isEmpty();
    }

    /** Returns the number of the batch that is announced now. */
    int announce(long nowNanos) {
        sentNanos.add(nowNanos);
        return announced++;
    }

    /** Opens the epoch; returns false if the selector does not know the attempt, so that a new one is needed. */
    boolean opened(MaskMessage answer) {
        mustBeFor(answer);
        if (answer.hasUnknown()) {
            return false;
        }
        if (!answer.hasEpochMask()) {
            throw wrong(answer);
        }
        open = true;
        return true;
    }

    /** Returns the round-trip time in ns of a mask, which must be that of the oldest batch in flight. */
    long masked(MaskMessage answer, long nowNanos) {
        mustBeFor(answer);
        BatchMask mask = answer.getBatchMask();
        if (!answer.hasBatchMask()
                || sentNanos.isEmpty()
                || mask.getEpoch() != EPOCH
                || mask.getBatch() != received
                || mask.getSelected().size() != (batchSize + 7) / 8
                || mask.getSelectedCount() != kept
                || BitSet.valueOf(mask.getSelected().toByteArray()).cardinality() != kept) {
            throw wrong(answer);
        }
        received++;
        return nowNanos - sentNanos.remove();
    }

    private void mustBeFor(MaskMessage answer) {
        if (!answer.getRunId().equals(id) || answer.getAttempt() != attempt) {
            throw wrong(answer);
        }
    }

    @Override
    public String toString() {
        return id + ", attempt " + attempt + (open ? ", batch " + received : ", epoch " + EPOCH);
    }

    private UserError wrong(MaskMessage answer) {
        return new UserError("expected a mask of " + this + ", with " + kept + " of " + batchSize
                + " selected; the selector answered " + answer);
    }
}
