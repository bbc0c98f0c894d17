package org.dietsb.contracts.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;
import org.junit.jupiter.api.Test;

class WholeRunsTest {
    private final WholeRuns runs = new WholeRuns();

    private static RunPart part(long attempt, int first, int... epochs) {
        RunPart.Builder part =
                RunPart.newBuilder().setRunId("long").setAttempt(attempt).setFirst(first);
        for (int epoch : epochs) {
            part.addEpochs(Epoch.newBuilder().setEpoch(epoch));
        }
        return part.build();
    }

    private static Run head(long attempt, int inParts, int... epochs) {
        Run.Builder run = Run.newBuilder().setAttempt(attempt).setEpochsInParts(inParts);
        run.getOrderBuilder().setRunId("long");
        for (int epoch : epochs) {
            run.addEpochs(Epoch.newBuilder().setEpoch(epoch));
        }
        return run.build();
    }

    private static Run whole(long attempt, int... epochs) {
        return head(attempt, 0, epochs);
    }

    @Test
    void runIsItsPartsAndWhatComesAfterThem() {
        runs.add(part(7, 0, 1, 2));
        runs.add(part(7, 2, 3, 4));
        assertThat(runs.whole(head(7, 4, 5))).isEqualTo(whole(7, 1, 2, 3, 4, 5));
        assertThat(runs.whole(head(7, 2, 3))).as("from before the second part").isEqualTo(whole(7, 1, 2, 3));
    }

    @Test
    void partsOfALaterAttemptReplaceThoseOfEarlierOnes() {
        runs.add(part(7, 0, 1, 2));
        runs.add(part(9, 0, 11));
        runs.add(part(7, 2, 3));
        assertThat(runs.whole(head(9, 1, 12))).isEqualTo(whole(9, 11, 12));
    }

    @Test
    void partThatIsWrittenAgainChangesNothing() {
        runs.add(part(7, 0, 1, 2));
        runs.add(part(7, 2, 3));
        runs.add(part(7, 0, 1, 2));
        assertThat(runs.whole(head(7, 3))).isEqualTo(whole(7, 1, 2, 3));
    }

    @Test
    void runWithoutPartsIsLeftAsItIs() {
        Run run = whole(7, 1, 2);
        assertThat(runs.whole(run)).isSameAs(run);
        assertThat(runs.whole(head(7, 3, 4))).as("whose parts are not known").isEqualTo(head(7, 3, 4));
    }

    @Test
    void partBehindAGapIsRejected() {
        runs.add(part(7, 0, 1));
        for (int first : new int[] {2, -1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> runs.add(part(7, first, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "part of run long begins at " + Integer.toUnsignedString(first) + ", allowed is at most 1");
        }
        assertThatThrownBy(
                        () -> runs.add(part(7, 1, 3).toBuilder().setRunId("..").build()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
