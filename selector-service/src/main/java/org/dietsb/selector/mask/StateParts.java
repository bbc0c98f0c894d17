package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.RecentLosses;
import org.dietsb.selector.history.TimesSelected;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.StateRequested;

/**
 * Splits a run's state into messages: the losses of the history, the last losses of the examples, how often these were selected. What
 * the running epoch has selected goes with the first parts. Parts are built only when they are taken, so that a large state holds up
 * nobody; until the last is taken the state must not change. One thread.
 */
final class StateParts {
    /** Maximum count of numbers per part: a broker accepts no message above 1 MB. */
    private static final int MOST = 100_000;

    private final RunLosses losses;
    private final StateRequested request;
    private final float[] history;
    private final List<ByteString> record;
    private final List<Stretch> stretches = new ArrayList<>();
    private int next;

    private enum Of {
        HISTORY,
        LAST_LOSSES,
        TIMES_SELECTED,
        RECENT_LOSSES,
        RECORD
    }

    /** What a part holds: numbers [first, end) of a kind. */
    private record Stretch(Of of, int first, int end) {}

    StateParts(RunLosses losses, Recording recording, StateRequested request) {
        this.losses = losses;
        this.request = request;
        this.history = losses.history().all();
        this.record = recording.noted();
        for (int first = 0; first == 0 || first < history.length; first += MOST) {
            stretches.add(new Stretch(Of.HISTORY, first, Math.min(history.length, first + MOST)));
        }
        add(Of.LAST_LOSSES, MOST, losses.last::next);
        add(Of.TIMES_SELECTED, MOST, losses.times::next);
        if (losses.keepsRecent()) {
            add(Of.RECENT_LOSSES, MOST / RecentLosses.SIZE, losses.recent()::next);
        }
        while (stretches.size() < record.size()) {
            stretches.add(new Stretch(Of.RECORD, 0, 0));
        }
    }

    /**
     * Adds parts of consecutive examples.
     *
     * @param most examples of a part
     * @param from the first example from an index on that has a value
     */
    private void add(Of of, int most, IntUnaryOperator from) {
        int examples = losses.examples();
        for (int first = from.applyAsInt(0); first < examples; ) {
            int end = (int) Math.min(examples, (long) first + most);
            stretches.add(new Stretch(of, first, end));
            first = from.applyAsInt(end);
        }
    }

    boolean isOf(StateRequested other) {
        return request.equals(other);
    }

    /** Whether parts are left. */
    boolean hasNext() {
        return next < stretches.size();
    }

    /** Returns the next parts, at most so many. */
    List<SelectorState> next(int most) {
        List<SelectorState> parts = new ArrayList<>();
        while (hasNext() && parts.size() < most) {
            parts.add(part(next++));
        }
        return parts;
    }

    private SelectorState part(int number) {
        SelectorState.Builder part = SelectorState.newBuilder()
                .setEpoch(request.getEpoch())
                .setBatch(request.getBatch())
                .setPart(number)
                .setParts(stretches.size())
                .setHistorySize(losses.history().capacity())
                .setSmoothing(losses.smoothing())
                .setRecentSize(losses.keepsRecent() ? RecentLosses.SIZE : 0);
        if (number < record.size()) {
            part.setRecord(record.get(number));
        }
        Stretch stretch = stretches.get(number);
        LastLosses last = losses.last;
        TimesSelected times = losses.times;
        switch (stretch.of) {
            case HISTORY -> {
                for (int i = stretch.first; i < stretch.end; i++) {
                    part.addHistory(history[i]);
                }
            }
            case LAST_LOSSES -> {
                part.setFirstIndex(stretch.first);
                for (int i = stretch.first; i < stretch.end; i++) {
                    part.addLastLosses(last.signed(i));
                }
            }
            case TIMES_SELECTED -> {
                part.setFirstSelected(stretch.first);
                for (int i = stretch.first; i < stretch.end; i++) {
                    part.addTimesSelected(times.of(i));
                }
            }
            case RECENT_LOSSES -> {
                part.setFirstRecent(stretch.first);
                for (int i = stretch.first; i < stretch.end; i++) {
                    for (int place = 0; place < RecentLosses.SIZE; place++) {
                        part.addRecentLosses(losses.recent().of(i, place));
                    }
                }
            }
            case RECORD -> {}
        }
        return part.build();
    }
}
