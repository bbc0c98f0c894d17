package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.RunSheetWire;
import org.dietsb.selector.topic.Stored;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class RunListTest {

    private static List<RunSheet> runs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Run.Builder run = Run.newBuilder().setState(Run.State.QUEUED);
                    run.getOrderBuilder().setRunId("run-" + i).setFirstPolicy(Stored.SELECTIVE);
                    return RunSheetWire.fromWire(run.build());
                })
                .toList();
    }

    private static void assertThatPageIs(RunList list, int page, int pages, int first, int count) {
        assertThat(list.page()).isEqualTo(page);
        assertThat(list.pages()).isEqualTo(pages);
        assertThat(list.runs())
                .extracting(RunRow::id)
                .containsExactlyElementsOf(IntStream.range(first, first + count)
                        .mapToObj(i -> "run-" + i)
                        .toList());
    }

    @Test
    void showsEveryRunOnExactlyOnePage() {
        assertThatPageIs(RunList.of(runs(101), run -> false, 1), 1, 3, 0, 50);
        assertThatPageIs(RunList.of(runs(101), run -> false, 2), 2, 3, 50, 50);
        assertThatPageIs(RunList.of(runs(101), run -> false, 3), 3, 3, 100, 1);
        assertThatPageIs(RunList.of(runs(100), run -> false, 3), 2, 2, 50, 50);
    }

    @Test
    void clampsThePageNumberToTheExistingPages() {
        assertThatPageIs(RunList.of(runs(3), run -> false, 0), 1, 1, 0, 3);
        assertThatPageIs(RunList.of(runs(3), run -> false, -7), 1, 1, 0, 3);
        assertThatPageIs(RunList.of(runs(0), run -> false, Integer.MAX_VALUE), 1, 1, 0, 0);
    }

    @Test
    void aRunWhoseLoopIsSilentIsShownAsLost() {
        assertThat(RunList.of(runs(2), run -> run.id().equals("run-1"), 1).runs())
                .extracting(RunRow::state)
                .containsExactly("queued", "lost");
    }
}
