package org.dietsb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.stream.Stream;
import org.dietsb.launcher.text.UserError;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.Unknown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A mask other than the expected one fails the benchmark. */
class SimulatedRunTest {
    private final SimulatedRun run = new SimulatedRun("run-1", 0, 10, 5);

    SimulatedRunTest() {
        run.attempt(7);
    }

    private static MaskMessage.Builder answer() {
        return MaskMessage.newBuilder().setRunId("run-1").setAttempt(7);
    }

    private static BatchMask.Builder firstMask() {
        return BatchMask.newBuilder().setEpoch(1).setSelected(bits(0b11111, 0)).setSelectedCount(5);
    }

    private static ByteString bits(int... bytes) {
        byte[] bits = new byte[bytes.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) bytes[i];
        }
        return ByteString.copyFrom(bits);
    }

    @Test
    void waitsForItsEpochAndThenForEachBatchInTurn() {
        assertThat(run.isWaiting()).isTrue();
        assertThat(run.opened(answer().setUnknown(Unknown.getDefaultInstance()).build()))
                .isFalse();
        assertThat(run.opened(
                        answer().setEpochMask(EpochMask.getDefaultInstance()).build()))
                .isTrue();
        assertThat(run.isWaiting()).isFalse();

        assertThat(run.announce(100)).isZero();
        assertThat(run.announce(200)).isEqualTo(1);
        assertThat(run.masked(answer().setBatchMask(firstMask()).build(), 1_000))
                .isEqualTo(900);
        assertThat(run.isWaiting()).isTrue();
        assertThat(run.masked(answer().setBatchMask(firstMask().setBatch(1)).build(), 1_000))
                .isEqualTo(800);
        assertThat(run.isWaiting()).isFalse();
    }

    @Test
    void reportsWhyTheSelectorRejectsIt() {
        Refused refused = Refused.newBuilder().setReason("the selector is full").build();
        assertThatThrownBy(() -> run.opened(answer().setRefused(refused).build()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("run-1, attempt 7, epoch 1")
                .hasMessageContaining("the selector is full");
    }

    static Stream<MaskMessage> wrong() {
        return Stream.of(
                answer().setRunId("run-2").setBatchMask(firstMask()).build(),
                answer().setAttempt(6).setBatchMask(firstMask()).build(),
                answer().setBatchMask(firstMask().setBatch(1)).build(),
                answer().setBatchMask(firstMask().setEpoch(2)).build(),
                answer().setBatchMask(firstMask().setSelected(bits(0b11111))).build(),
                answer().setBatchMask(firstMask().setSelected(bits(0b1111, 0))).build(),
                answer().setBatchMask(firstMask().setSelectedCount(6)).build(),
                answer().setUnknown(Unknown.getDefaultInstance()).build());
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void rejectsAnyOtherMask(MaskMessage answer) {
        run.announce(100);
        assertThatThrownBy(() -> run.masked(answer, 1_000))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("run-1, attempt 7");
    }

    @Test
    void rejectsAMaskWithoutABatchInFlight() {
        assertThatThrownBy(() -> run.masked(answer().setBatchMask(firstMask()).build(), 1_000))
                .isInstanceOf(UserError.class);
    }
}
