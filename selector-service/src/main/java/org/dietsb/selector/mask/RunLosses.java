package org.dietsb.selector.mask;

import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.RecentLosses;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.policy.BatchLossScore;
import org.dietsb.selector.policy.RePB;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** The losses of a run and how often each example was selected, which its masks depend on, within the memory reserved for them. One thread. */
final class RunLosses {
    /** The last losses of all examples that were in a selection pass, or in a step whose losses were reported. */
    final LastLosses last;
    /** How often the masks of the surviving attempts selected each example. */
    final TimesSelected times;

    private final AttemptOpened opened;
    private final Room room;
    private LossHistory history;
    private double smoothing;
    /** The last losses of each example, from the first epoch on that is judged by them; null before. */
    private @Nullable RecentLosses recent;

    private long reserved;
    private long largestOfBatch;
    private long largestOfEpoch;
    private long kept;

    private boolean lacksRoom;

    RunLosses(AttemptOpened opened, Room room, LossHistory history, LastLosses last, TimesSelected times) {
        this.opened = opened;
        this.room = room;
        this.history = history;
        this.last = last;
        this.times = times;
    }

    int examples() {
        return opened.getDataset().getCount();
    }

    /** The losses so far. */
    LossHistory history() {
        return history;
    }

    /** The losses so far, with at least the capacity that this policy needs. */
    LossHistory history(Policy policy) {
        if (policy.historySize() > history.capacity()) {
            LossHistory larger = new LossHistory(policy.historySize());
            larger.append(history.all());
            history = larger;
        }
        return history;
    }

    /** Notes the policy of the epoch that begins, which says how losses of steps are noted. */
    void epochBegins(Policy policy) {
        smoothing = policy.kind() == PolicyKind.BLS ? policy.number(Parameter.SMOOTHING) : 0;
        if (policy.kind() == PolicyKind.IES) {
            recent = recent();
        }
    }

    /** Share of a last loss that the mean loss of a step leaves as it was; 0 if a step's losses replace it. */
    double smoothing() {
        return smoothing;
    }

    void setSmoothing(double share) {
        smoothing = share;
    }

    /** Returns the last losses of each example, none if none are kept. */
    RecentLosses recent() {
        RecentLosses kept = recent;
        return kept == null ? new RecentLosses(examples()) : kept;
    }

    boolean keepsRecent() {
        return recent != null;
    }

    void setRecent(@Nullable RecentLosses losses) {
        recent = losses;
    }

    /** Notes the losses of a training step. */
    void trained(int[] indices, float[] losses) {
        RecentLosses kept = recent;
        for (int i = 0; kept != null && i < indices.length; i++) {
            kept.add(indices[i], losses[i]);
        }
        last.note(
                indices,
                smoothing == 0 ? losses : BatchLossScore.after(last.of(indices), losses, smoothing),
                RePB.belowMean(losses));
    }

    /** Bytes that a run takes under any policy: counts per example, last batches, its masks and those that it replays. */
    static long countBytes(AttemptOpened opened) {
        int examples = opened.getDataset().getCount();
        long before = opened.getProxyOf().isEmpty() ? 0 : Recording.bytes(examples) / 2;
        return TimesSelected.bytes(examples)
                + RunFigures.bytes(opened.getBatchSize())
                + 2 * Recording.bytes(examples)
                + before;
    }

    private long bytesWithLastLosses() {
        return countBytes(opened)
                + LastLosses.bytes(examples())
                + (recent == null ? 0 : RecentLosses.bytes(examples()));
    }

    private long bytesUnder(Policy policy) {
        boolean sorted = policy.kind().hasRule() && policy.rule() == Policy.Rule.PERCENTILE;
        boolean first = recent == null && policy.kind() == PolicyKind.IES;
        return bytesWithLastLosses()
                + (ReferenceLosses.isUsedBy(policy) ? StoredSets.bytes(examples()) : 0)
                + (first ? RecentLosses.bytes(examples()) : 0)
                + LossHistory.bytes(Math.max(history.capacity(), policy.historySize()), sorted);
    }

    /** Bytes that are reserved. */
    long reserved() {
        return reserved;
    }

    /** Sets the bytes that are reserved, for which there is room. */
    void setReserved(long bytes) {
        reserved = bytes;
    }

    /**
     * Reserves the memory in which the run is judged.
     *
     * @param withLosses whether losses are remembered, or only what a run takes under any policy
     */
    void reserve(Policy policy, boolean withLosses) throws RefusalException {
        reserve(withLosses ? bytesUnder(policy) : countBytes(opened));
    }

    /** Reserves the memory of the last losses of all examples. */
    void reserveLastLosses() throws RefusalException {
        reserve(bytesWithLastLosses());
    }

    /**
     * Reserves the memory of the last answers, and of what waits for a partner.
     *
     * @param ofBatch bytes of an answer to a batch, or of a batch that waits: as many are kept as a window has
     * @param ofEpoch bytes of the mask of an epoch
     */
    void reserveKept(long ofBatch, long ofEpoch) throws RefusalException {
        largestOfBatch = Math.max(largestOfBatch, ofBatch);
        largestOfEpoch = Math.max(largestOfEpoch, ofEpoch);
        boolean alone = opened.getProxy().isEmpty() && opened.getProxyOf().isEmpty();
        long bytes = (alone ? 1 : 2) * Window.size(opened.getWindow()) * largestOfBatch + largestOfEpoch;
        if (bytes > kept) {
            require(bytes - kept);
            kept = bytes;
        }
    }

    /** Bytes that are reserved for the last answers and for what waits. */
    long keptBytes() {
        return kept;
    }

    private void reserve(long bytes) throws RefusalException {
        if (bytes > reserved) {
            require(bytes - reserved);
            reserved = bytes;
        }
    }

    private void require(long more) throws RefusalException {
        try {
            room.requireForLosses(more);
        } catch (RefusalException full) {
            lacksRoom = true;
            throw full;
        }
    }

    /** Notes that losses of the run had no room. */
    void lackRoom() {
        lacksRoom = true;
    }

    boolean lacksRoom() {
        return lacksRoom;
    }
}
