package org.dietsb.trainer.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.dietsb.selector.wire.SelectorState;
import org.junit.jupiter.api.Test;

class StateWireTest {

    @Test
    void partOfAStateSurvivesARoundTrip() {
        SelectorState part = SelectorState.newBuilder()
                .setEpoch(2)
                .setBatch(7)
                .setPart(1)
                .setParts(3)
                .setHistorySize(1024)
                .addHistory(.5f)
                .setFirstIndex(300)
                .addLastLosses(Float.NaN)
                .addLastLosses(2)
                .setFirstSelected(100)
                .addTimesSelected(0)
                .addTimesSelected(65_535)
                .setRecord(ByteString.copyFromUtf8("record"))
                .setSmoothing(.9)
                .setRecentSize(2)
                .setFirstRecent(40)
                .addRecentLosses(1)
                .addRecentLosses(Float.NaN)
                .build();
        assertThat(part.getAllFields())
                .hasSameSizeAs(SelectorState.getDescriptor().getFields());
        assertThat(StateWire.toWire(StateWire.fromWire(part))).isEqualTo(part);
    }
}
