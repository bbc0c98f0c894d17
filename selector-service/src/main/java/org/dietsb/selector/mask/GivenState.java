package org.dietsb.selector.mask;

import java.util.List;
import org.dietsb.contracts.field.Numbers;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.RecentLosses;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.report.RunFigures;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.StateGiven;
import org.jspecify.annotations.Nullable;

/** The state of a run that its trainer gives back part by part. One thread. */
final class GivenState {
    final long attempt;
    final AttemptOpened opened;
    /** Offset of the first part. */
    final long offset;

    private final SelectorState first;
    private final LastLosses lastLosses;
    private final TimesSelected timesSelected;
    private final Recording recording;
    private final @Nullable RecentLosses recent;
    private @Nullable LossHistory history;
    private int next;
    private int lossesBefore;
    private boolean hasLastLosses;

    /** Begins a state with this part, which is not added yet. */
    GivenState(long attempt, StateGiven part, long offset) throws PoisonException {
        if (part.getState().getPart() != 0) {
            throw new PoisonException("part "
                    + Integer.toUnsignedString(part.getState().getPart()) + " of a state came, allowed is part 0");
        }
        this.attempt = attempt;
        this.opened = part.getOpened();
        this.offset = offset;
        this.first = part.getState();
        this.lastLosses = new LastLosses(opened.getDataset().getCount());
        this.timesSelected = new TimesSelected(opened.getDataset().getCount());
        this.recent = first.getRecentSize() == 0
                ? null
                : new RecentLosses(opened.getDataset().getCount());
        this.recording = new Recording(opened.getDataset().getCount());
        if (first.getEpoch() < 0 || first.getBatch() < 0) {
            throw new PoisonException("epoch and batch of a state are " + Integer.toUnsignedString(first.getEpoch())
                    + " and " + Integer.toUnsignedString(first.getBatch()) + ", allowed is [0, 2147483647]");
        }
        if (!(first.getSmoothing() >= 0 && first.getSmoothing() < 1)) {
            throw new PoisonException(
                    "smoothing of a state is " + Numbers.words(first.getSmoothing()) + ", allowed is [0, 1)");
        }
        if (first.getRecentSize() != 0 && first.getRecentSize() != RecentLosses.SIZE) {
            throw new PoisonException("recent_size of a state is " + Integer.toUnsignedString(first.getRecentSize())
                    + ", allowed is 0 or " + RecentLosses.SIZE);
        }
        if (first.getParts() < 1 || first.getHistorySize() < 1) {
            throw new PoisonException("a state of " + first.getParts() + " parts with a history of "
                    + first.getHistorySize() + " losses, allowed is 1 or more of both");
        }
    }

    /** Returns the bytes that the state takes with this part. */
    long lossBytesWith(SelectorState part) {
        boolean losses = history != null || part.getHistoryCount() > 0;
        boolean last = hasLastLosses || part.getLastLossesCount() > 0;
        return RunLosses.countBytes(opened)
                + (losses ? LossHistory.bytes(first.getHistorySize(), false) : 0)
                + (last ? LastLosses.bytes(lastLosses.examples()) : 0)
                + (recent == null ? 0 : RecentLosses.bytes(lastLosses.examples()));
    }

    /** Returns the bytes that the state takes. */
    long lossBytes() {
        return lossBytesWith(SelectorState.getDefaultInstance());
    }

    /** Adds the next part, for which there is room; nothing of a poisonous one. */
    void add(SelectorState part) throws PoisonException {
        if (part.getPart() != next
                || part.getParts() != first.getParts()
                || part.getEpoch() != first.getEpoch()
                || part.getBatch() != first.getBatch()
                || part.getHistorySize() != first.getHistorySize()) {
            throw new PoisonException("part " + Integer.toUnsignedString(part.getPart()) + " of "
                    + Integer.toUnsignedString(part.getParts()) + " of a state came, allowed is part " + next + " of "
                    + first.getParts() + ", of the same epoch, batch and history size");
        }
        float[] losses = history(part.getHistoryList());
        checkLastLosses(part.getFirstIndex(), part.getLastLossesList());
        checkTimes(part.getFirstSelected(), part.getTimesSelectedList());
        checkRecent(part);
        try {
            recording.add(part.getRecord());
        } catch (IllegalArgumentException invalid) {
            throw new PoisonException(String.valueOf(invalid.getMessage()));
        }
        next++;
        if (losses.length > 0) {
            if (history == null) {
                history = new LossHistory(first.getHistorySize());
            }
            history.append(losses);
            lossesBefore += losses.length;
        }
        for (int i = 0; i < part.getLastLossesCount(); i++) {
            if (!Float.isNaN(part.getLastLosses(i))) {
                lastLosses.note(part.getFirstIndex() + i, part.getLastLosses(i));
                hasLastLosses = true;
            }
        }
        for (int i = 0; recent != null && i < part.getRecentLossesCount(); i++) {
            recent.set(part.getFirstRecent() + i / RecentLosses.SIZE, i % RecentLosses.SIZE, part.getRecentLosses(i));
        }
        for (int i = 0; i < part.getTimesSelectedCount(); i++) {
            timesSelected.note(part.getFirstSelected() + i, part.getTimesSelected(i));
        }
    }

    private float[] history(List<Float> losses) throws PoisonException {
        if (losses.size() > first.getHistorySize() - lossesBefore) {
            throw new PoisonException("a state's history has more losses than its size, " + first.getHistorySize());
        }
        float[] values = new float[losses.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = losses.get(i);
            check(values[i], lossesBefore + i);
        }
        return values;
    }

    private void checkLastLosses(int firstIndex, List<Float> losses) throws PoisonException {
        int examples = lastLosses.examples();
        if (firstIndex < 0 || losses.size() > examples - firstIndex) {
            throw new PoisonException(
                    "a state's last losses are of the examples " + Integer.toUnsignedString(firstIndex) + " and "
                            + losses.size() + " on, allowed is [0, " + examples + ")");
        }
        for (int i = 0; i < losses.size(); i++) {
            if (!Float.isNaN(losses.get(i))) {
                check(Math.abs(losses.get(i)), firstIndex + i);
            }
        }
    }

    private void checkTimes(int firstIndex, List<Integer> times) throws PoisonException {
        int examples = timesSelected.examples();
        if (firstIndex < 0 || times.size() > examples - firstIndex) {
            throw new PoisonException("a state's counts are of the examples " + Integer.toUnsignedString(firstIndex)
                    + " and " + times.size() + " on, allowed is [0, " + examples + ")");
        }
        for (int of : times) {
            if (of < 0 || of > TimesSelected.MOST) {
                throw new PoisonException("an example was selected " + Integer.toUnsignedString(of)
                        + " times by a state, allowed is [0, " + TimesSelected.MOST + "]");
            }
        }
    }

    private void checkRecent(SelectorState part) throws PoisonException {
        int examples = part.getRecentLossesCount() / RecentLosses.SIZE;
        if (part.getRecentLossesCount() % RecentLosses.SIZE != 0
                || (recent == null && examples > 0)
                || part.getFirstRecent() < 0
                || examples > lastLosses.examples() - part.getFirstRecent()) {
            throw new PoisonException("a state has " + part.getRecentLossesCount() + " recent losses of the examples "
                    + Integer.toUnsignedString(part.getFirstRecent()) + " on, allowed are " + first.getRecentSize()
                    + " of each of [0, " + lastLosses.examples() + ")");
        }
        for (float loss : part.getRecentLossesList()) {
            if (!Float.isNaN(loss)) {
                check(loss, part.getFirstRecent());
            }
        }
    }

    private static void check(float loss, int place) throws PoisonException {
        if (!(loss >= 0) || Float.isInfinite(loss)) {
            throw new PoisonException(
                    "loss " + place + " of a state is " + Numbers.words(loss) + ", allowed is 0 or more, and finite");
        }
    }

    /** Returns which parts have been added, as {@code 2 of 3 parts}. */
    String parts() {
        return next + " of " + first.getParts() + " parts";
    }

    boolean isComplete() {
        return next == first.getParts();
    }

    /**
     * Returns the run as it is from the last part on.
     *
     * @param held the run of the same attempt that is held; null if none is
     * @param reserved bytes that are reserved for its losses
     */
    RunState run(String runId, @Nullable RunState held, long reserved, JudgeContext context, long atMillis) {
        LossHistory given = history == null ? new LossHistory(first.getHistorySize()) : history;
        RunLosses losses = new RunLosses(opened, context.room, given, lastLosses, timesSelected);
        losses.setReserved(reserved);
        losses.setSmoothing(first.getSmoothing());
        losses.setRecent(recent);
        RunFigures figures = held != null && held.figures.hasBegun()
                ? held.figures
                : new RunFigures(opened.getBatchSize(), given.all());
        RunState run = new RunState(runId, attempt, opened, offset, losses, figures, recording, context, atMillis);
        run.checks.resumeAt(first.getEpoch(), first.getBatch());
        run.pairing.announced(Pairing.place(first.getEpoch(), first.getBatch() - 1));
        return run;
    }
}
