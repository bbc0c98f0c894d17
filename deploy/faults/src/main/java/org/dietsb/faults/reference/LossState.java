package org.dietsb.faults.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.selector.wire.SelectorState;
import org.jspecify.annotations.Nullable;

/**
 * The state that the masks of a run depend on besides the messages that ask for them.
 *
 * @param historySize losses that the history holds
 * @param history the oldest first, in nats
 * @param lastLosses of each example, in nats; NaN = none yet
 * @param timesSelected number of masks that selected each example, at most 65,535
 * @param recentLosses the last five losses of each example, the oldest first; NaN = none; empty if none are kept
 * @param smoothing share of a last loss that a step leaves as it was
 */
public record LossState(
        int historySize,
        float[] history,
        float[] lastLosses,
        int[] timesSelected,
        float[] recentLosses,
        double smoothing) {

    /** Combines the parts of an answer, which must be complete and in order. */
    public static LossState of(List<SelectorState> parts, int examples) {
        List<Float> history = new ArrayList<>();
        float[] lastLosses = new float[examples];
        Arrays.fill(lastLosses, Float.NaN);
        int[] timesSelected = new int[examples];
        int recent = parts.get(0).getRecentSize();
        float[] recentLosses = new float[recent * examples];
        Arrays.fill(recentLosses, Float.NaN);
        for (SelectorState part : parts) {
            history.addAll(part.getHistoryList());
            for (int i = 0; i < part.getLastLossesCount(); i++) {
                lastLosses[part.getFirstIndex() + i] = part.getLastLosses(i);
            }
            for (int i = 0; i < part.getTimesSelectedCount(); i++) {
                timesSelected[part.getFirstSelected() + i] = part.getTimesSelected(i);
            }
            for (int i = 0; i < part.getRecentLossesCount(); i++) {
                recentLosses[part.getFirstRecent() * recent + i] = part.getRecentLosses(i);
            }
        }
        return new LossState(
                parts.get(0).getHistorySize(),
                floats(history),
                lastLosses,
                timesSelected,
                recentLosses,
                parts.get(0).getSmoothing());
    }

    static float[] floats(List<Float> list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = list.get(i);
        }
        return floats;
    }

    /** Compares bit by bit. */
    public boolean isSame(@Nullable LossState other) {
        return other != null
                && historySize == other.historySize
                && Arrays.equals(history, other.history)
                && Arrays.equals(lastLosses, other.lastLosses)
                && Arrays.equals(timesSelected, other.timesSelected)
                && Arrays.equals(recentLosses, other.recentLosses)
                && smoothing == other.smoothing;
    }
}
