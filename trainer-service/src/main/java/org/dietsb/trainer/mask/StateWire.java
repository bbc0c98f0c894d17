package org.dietsb.trainer.mask;

import com.google.protobuf.ByteString;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.wire.SelectorState;

/** Converts parts of the selector's state between records and messages. */
public final class StateWire {
    /** Maximum number of losses and counts of a part. */
    static final int LARGEST_PART = 100_000;
    /** Maximum number of recent losses of an example. */
    static final int MOST_RECENT = 8;

    private StateWire() {}

    /** Maximum size of the record: two bits per example, and a description of the epoch. */
    static int mostRecordBytes(int examples) {
        return Math.min(500_000, examples / 4) + 4_096;
    }

    /**
     * Maximum number of parts of a state: the longest history, then the last losses, the counts and the recent losses of all examples. A
     * part holds whole examples, but not always all that would fit into it.
     */
    static int mostParts(int examples) {
        return Policy.LARGEST_HISTORY / LARGEST_PART
                + (2 + MOST_RECENT) * (int) Math.ceil((double) examples / LARGEST_PART);
    }

    public static SelectorState toWire(Answer.StatePart part) {
        SelectorState.Builder wire = SelectorState.newBuilder()
                .setEpoch(part.epoch())
                .setBatch(part.batch())
                .setPart(part.part())
                .setParts(part.parts())
                .setHistorySize(part.historySize())
                .setFirstIndex(part.firstIndex())
                .setFirstSelected(part.firstSelected())
                .setRecord(ByteString.copyFrom(part.record()))
                .setSmoothing(part.more().smoothing())
                .setRecentSize(part.more().recentSize())
                .setFirstRecent(part.more().firstRecent());
        for (float loss : part.more().recentLosses()) {
            wire.addRecentLosses(loss);
        }
        for (float loss : part.history()) {
            wire.addHistory(loss);
        }
        for (float loss : part.lastLosses()) {
            wire.addLastLosses(loss);
        }
        for (int times : part.timesSelected()) {
            wire.addTimesSelected(times);
        }
        return wire.build();
    }

    /**
     * Returns the record of a part.
     *
     * @throws IllegalArgumentException if its number is out of range
     */
    public static Answer.StatePart fromWire(SelectorState wire) {
        if (wire.getParts() < 1 || wire.getPart() < 0 || wire.getPart() >= wire.getParts()) {
            throw new IllegalArgumentException("part " + Integer.toUnsignedString(wire.getPart()) + " of "
                    + Integer.toUnsignedString(wire.getParts()) + " of a state");
        }
        return new Answer.StatePart(
                wire.getEpoch(),
                wire.getBatch(),
                wire.getPart(),
                wire.getParts(),
                wire.getHistorySize(),
                floats(wire.getHistoryList()),
                wire.getFirstIndex(),
                floats(wire.getLastLossesList()),
                wire.getFirstSelected(),
                wire.getTimesSelectedList().stream().mapToInt(times -> times).toArray(),
                wire.getRecord().toByteArray(),
                new Answer.StatePart.OfPolicy(
                        wire.getSmoothing(),
                        wire.getRecentSize(),
                        wire.getFirstRecent(),
                        floats(wire.getRecentLossesList())));
    }

    public static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }
}
