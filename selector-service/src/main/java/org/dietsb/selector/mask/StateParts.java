package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.ObjIntConsumer;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.StateRequested;

/**
 * Splits a run's state into messages: the losses of the history, the last losses of the examples, how often these were selected.
 * What the running epoch has selected goes with the first part.
 */
final class StateParts {
    /** Maximum count of numbers per part: a broker accepts no message above 1 MB. */
    private static final int MOST = 100_000;

    private StateParts() {}

    /** Returns all parts, 1 or more. */
    static List<SelectorState> of(RunLosses losses, Recording recording, StateRequested request) {
        List<SelectorState.Builder> parts = new ArrayList<>();
        LossHistory history = losses.history();
        float[] all = history.all();
        for (int first = 0; first == 0 || first < all.length; first += MOST) {
            SelectorState.Builder part = SelectorState.newBuilder();
            for (float loss : Arrays.copyOfRange(all, first, Math.min(all.length, first + MOST))) {
                part.addHistory(loss);
            }
            parts.add(part);
        }
        LastLosses last = losses.last;
        addParts(
                parts,
                last.examples(),
                last::next,
                SelectorState.Builder::setFirstIndex,
                (part, index) -> part.addLastLosses(last.signed(index)));
        TimesSelected times = losses.times;
        addParts(
                parts,
                times.examples(),
                times::next,
                SelectorState.Builder::setFirstSelected,
                (part, index) -> part.addTimesSelected(times.of(index)));
        parts.get(0).setRecord(recording.noted());
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

    /**
     * Adds parts of consecutive examples.
     *
     * @param next the first example from an index on that has a value
     */
    private static void addParts(
            List<SelectorState.Builder> parts,
            int examples,
            IntUnaryOperator next,
            ObjIntConsumer<SelectorState.Builder> begin,
            ObjIntConsumer<SelectorState.Builder> add) {
        for (int first = next.applyAsInt(0); first < examples; ) {
            SelectorState.Builder part = SelectorState.newBuilder();
            begin.accept(part, first);
            int end = (int) Math.min(examples, (long) first + MOST);
            for (int index = first; index < end; index++) {
                add.accept(part, index);
            }
            parts.add(part);
            first = next.applyAsInt(end);
        }
    }
}
