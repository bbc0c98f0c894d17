package org.dietsb.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.selector.wire.SelectorState;

/**
 * What the masks of a run depend on beside the messages that ask for them, and how often they selected each example, as a value.
 *
 * @param historySize losses the history looks back on
 * @param history the oldest first, in nats
 * @param lastLosses of each example, in nats; NaN = none yet
 * @param timesSelected of each example, at most 65,535
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content, below; never changed.
record LossState(int historySize, float[] history, float[] lastLosses, int[] timesSelected) {

    /** Puts the parts of an answer together; they are all there, in order. */
    static LossState of(List<SelectorState> parts, int examples) {
        List<Float> history = new ArrayList<>();
        float[] lastLosses = new float[examples];
        Arrays.fill(lastLosses, Float.NaN);
        int[] timesSelected = new int[examples];
        for (SelectorState part : parts) {
            history.addAll(part.getHistoryList());
            for (int i = 0; i < part.getLastLossesCount(); i++) {
                lastLosses[part.getFirstIndex() + i] = part.getLastLosses(i);
            }
            for (int i = 0; i < part.getTimesSelectedCount(); i++) {
                timesSelected[part.getFirstSelected() + i] = part.getTimesSelected(i);
            }
        }
        float[] losses = new float[history.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = history.get(i);
        }
        return new LossState(parts.get(0).getHistorySize(), losses, lastLosses, timesSelected);
    }

    /** Bit by bit. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LossState state
                && historySize == state.historySize
                && Arrays.equals(history, state.history)
                && Arrays.equals(lastLosses, state.lastLosses)
                && Arrays.equals(timesSelected, state.timesSelected);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(history) + Arrays.hashCode(lastLosses)) + Arrays.hashCode(timesSelected);
    }
}
