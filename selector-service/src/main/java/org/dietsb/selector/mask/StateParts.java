package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.StateRequested;

/** A run's state as messages: the losses of the history, then the last ones of the examples, then how often these were selected;
 * with the first of them what the running epoch has selected. */
final class StateParts {
    /** Numbers of a part at most: a broker takes no message above 1 MB. */
    private static final int MOST = 100_000;

    private StateParts() {}

    /** All parts of the answer, 1 or more. */
    static List<SelectorState> of(RunState run, StateRequested request) {
        List<SelectorState.Builder> parts = new ArrayList<>();
        LossHistory history = run.history();
        float[] losses = history.all();
        for (int first = 0; first == 0 || first < losses.length; first += MOST) {
            SelectorState.Builder part = SelectorState.newBuilder();
            for (float loss : Arrays.copyOfRange(losses, first, Math.min(losses.length, first + MOST))) {
                part.addHistory(loss);
            }
            parts.add(part);
        }
        LastLosses last = run.lastLosses();
        for (int first = last.next(0); first < last.examples(); ) {
            SelectorState.Builder part = SelectorState.newBuilder().setFirstIndex(first);
            int end = (int) Math.min(last.examples(), (long) first + MOST);
            for (int index = first; index < end; index++) {
                part.addLastLosses(last.signed(index));
            }
            parts.add(part);
            first = last.next(end);
        }
        TimesSelected times = run.timesSelected();
        for (int first = times.next(0); first < times.examples(); ) {
            SelectorState.Builder part = SelectorState.newBuilder().setFirstSelected(first);
            int end = (int) Math.min(times.examples(), (long) first + MOST);
            for (int index = first; index < end; index++) {
                part.addTimesSelected(times.of(index));
            }
            parts.add(part);
            first = times.next(end);
        }
        parts.get(0).setRecord(run.recording().noted());
        List<SelectorState> whole = new ArrayList<>();
        for (SelectorState.Builder part : parts) {
            whole.add(part.setEpoch(request.getEpoch())
                    .setBatch(request.getBatch())
                    .setPart(whole.size())
                    .setParts(parts.size())
                    .setHistorySize(history.capacity())
                    .build());
        }
        return whole;
    }
}
