package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.dietsb.contracts.policy.Policy.Kind;
import org.junit.jupiter.api.Test;

class SweepTest {
    private final TrainingOptions training = new TrainingOptions();

    private List<String> jobs(String of, Kind... kinds) {
        return TrainCommand.jobs(List.of(kinds), of.isEmpty() ? null : of, training.variants()).stream()
                .map(job -> job.kind() + " " + job.variant().words() + (job.records() ? " records" : ""))
                .toList();
    }

    @Test
    void recordsOnceAndReplaysForTheRest() {
        training.seeds = List.of(1L, 2L, 3L);
        assertThat(jobs("", Kind.REPLAY))
                .containsExactly("selective resnet8-0.1-1 records", "replay resnet8-0.1-2", "replay resnet8-0.1-3");
    }

    @Test
    void recordsNoRunWhereOneIsNamed() {
        training.seeds = List.of(1L, 2L);
        assertThat(jobs("before", Kind.REPLAY)).containsExactly("replay resnet8-0.1-1", "replay resnet8-0.1-2");
    }

    @Test
    void replaysTheFirstOfTheSelectiveRunsThatWereAskedFor() {
        training.seeds = List.of(1L, 2L);
        training.models =
                List.of(ModelChoice.of(TrainingOptions.Model.RESNET8), ModelChoice.of(TrainingOptions.Model.RESNET20));
        assertThat(jobs("", Kind.REPLAY, Kind.SELECTIVE, Kind.BASELINE))
                .containsExactly(
                        "baseline resnet8-0.1-1",
                        "baseline resnet8-0.1-2",
                        "baseline resnet20-0.1-1",
                        "baseline resnet20-0.1-2",
                        "selective resnet8-0.1-1 records",
                        "selective resnet8-0.1-2",
                        "selective resnet20-0.1-1",
                        "selective resnet20-0.1-2",
                        "replay resnet8-0.1-2",
                        "replay resnet20-0.1-1",
                        "replay resnet20-0.1-2");
    }

    @Test
    void theTableHasTheRecordingRunOnceAndTellsTheOthersApart() {
        ObjectNode recorded =
                Runs.run("selective", 0, .5).put("runId", "recorded").put("seed", 1);
        ObjectNode replay = Runs.run("replay", 0, .5).put("runId", "two").put("seed", 2);
        ((ObjectNode) replay.path("policy")).put("of", "recorded@0123456789abcdef");
        List<String> lines = ResultTable.of(List.of(recorded, replay)).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).startsWith("selective seed 1  ");
        assertThat(lines.get(2)).startsWith("replay seed 2  ");
        assertThat(lines.get(3))
                .isEqualTo(
                        "replay goes by the masks of run recorded, which is in the table once, and in the total of no other row.");
    }
}
