package org.dietsb.bench;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.dietsb.launcher.text.UserError;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;

/** What a simulated trainer knows of its run: which batches are on their way, and what their masks must look like. One thread. */
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
     * A run that no attempt is opened of yet.
     *
     * @param kept how many examples of a batch its policy selects
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

    /** Whether it waits for its epoch or for a mask. */
    boolean isWaiting() {
        return !open || !sentNanos.isEmpty();
    }

    /** The number of the batch that is announced now. */
    int announce(long nowNanos) {
        sentNanos.add(nowNanos);
        return announced++;
    }

    /** Its epoch is open; false if the selector does not know the attempt: it wants a new one. */
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

    /** How long the mask has taken, in ns; it must be that of the batch that is on its way for longest. */
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
        return new UserError("what was waited for is " + this + ", " + kept + " of " + batchSize
                + " selected; the selector answered " + answer);
    }
}
