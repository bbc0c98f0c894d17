package org.dietsb.contracts.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.junit.jupiter.api.Test;

class StoredRunsTest {
    private final Map<Long, byte[]> topic = new HashMap<>();
    private final StoredRuns stored = new StoredRuns();

    private void part(String key, long offset, int first, int epoch) {
        RunPart part = RunPart.newBuilder()
                .setRunId("long")
                .setAttempt(7)
                .setFirst(first)
                .addEpochs(Epoch.newBuilder().setEpoch(epoch))
                .build();
        topic.put(offset, RunEvent.newBuilder().setPart(part).build().toByteArray());
        stored.part(key, offset);
    }

    private static Run head(int inParts) {
        Run.Builder run = Run.newBuilder().setAttempt(7).setEpochsInParts(inParts);
        run.getOrderBuilder().setRunId("long");
        return run.addEpochs(Epoch.newBuilder().setEpoch(9)).build();
    }

    @Test
    void runIsReadFromWhereItsLastMessagesLie() throws Exception {
        part("long/7/now/epochs/0", 1, 0, 1);
        part("long/7/epochs/0", 2, 0, 1);
        part("long/7/epochs/1", 3, 1, 2);
        part("long/7/epochs/0", 4, 0, 1);
        part("long/7/epochs/1", 5, 1, 3);
        topic.put(6L, RunEvent.newBuilder().setRun(head(2)).build().toByteArray());
        List<Long> offsets = stored.over("long/7", head(2), 6);
        assertThat(offsets).containsExactly(4L, 5L, 6L);
        assertThat(StoredRuns.read("long", offsets, at -> Optional.ofNullable(topic.get(at))))
                .get()
                .satisfies(run -> assertThat(run.getEpochsList())
                        .extracting(Epoch::getEpoch)
                        .containsExactly(1, 3, 9));
        assertThat(StoredRuns.read("other", offsets, at -> Optional.ofNullable(topic.get(at))))
                .isEmpty();
        topic.remove(5L);
        assertThat(StoredRuns.read("long", offsets, at -> Optional.ofNullable(topic.get(at))))
                .isEmpty();
        assertThat(stored.over("long/7", head(0), 9)).as("without parts").containsExactly(9L);
    }

    @Test
    void keyOfAPartIsThatOfItsAttempt() {
        assertThat(StoredRuns.keyOfRun("long/7/now/epochs/256")).isEqualTo("long/7");
        assertThat(StoredRuns.keyOfRun("long/7")).isEqualTo("long/7");
        assertThat(StoredRuns.keyOfRun("odd")).isEqualTo("odd");
        assertThat(StoredRuns.runId("long/7")).isEqualTo("long");
        assertThat(StoredRuns.runId("odd")).isEqualTo("odd");
    }
}
