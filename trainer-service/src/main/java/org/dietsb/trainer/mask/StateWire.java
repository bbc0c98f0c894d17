package org.dietsb.trainer.mask;

import com.google.protobuf.ByteString;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.wire.SelectorState;

/** Parts of a selector's state between their record and their wire form. */
public final class StateWire {
    /** Losses and counts of a part at most. */
    static final int LARGEST_PART = 100_000;

    private StateWire() {}

    /** Two bits an example at most, and what is told of the epoch. */
    static int mostRecordBytes(int examples) {
        return Math.min(500_000, examples / 4) + 4_096;
    }

    /** Of a state: those of the longest history, then the last losses and the counts of so many examples. */
    static int mostParts(int examples) {
        return Policy.LARGEST_HISTORY / LARGEST_PART + 2 * (int) Math.ceil((double) examples / LARGEST_PART);
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
                .setRecord(ByteString.copyFrom(part.record()));
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
     * The record of a part.
     *
     * @throws IllegalArgumentException if it is no part of what it says it is
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
                wire.getRecord().toByteArray());
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }
}
