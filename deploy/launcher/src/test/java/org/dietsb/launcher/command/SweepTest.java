package org.dietsb.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.option.Model;
import org.dietsb.launcher.option.ModelChoice;
import org.dietsb.launcher.option.TrainingOptions;
import org.junit.jupiter.api.Test;

class SweepTest {
    private final TrainingOptions training = new TrainingOptions();

    private List<String> jobs(String of, PolicyKind... kinds) {
        return Sweep.jobs(List.of(kinds), of.isEmpty() ? null : of, training.variants()).stream()
                .map(job -> job.kind() + " " + job.variant().words() + (job.records() ? " records" : ""))
                .toList();
    }

    @Test
    void recordsOnceAndReplaysForTheRest() {
        training.seeds = List.of(1L, 2L, 3L);
        assertThat(jobs("", PolicyKind.REPLAY))
                .containsExactly("selective resnet8-0.1-1 records", "replay resnet8-0.1-2", "replay resnet8-0.1-3");
    }

    @Test
    void recordsNoRunIfOneIsNamed() {
        training.seeds = List.of(1L, 2L);
        assertThat(jobs("before", PolicyKind.REPLAY)).containsExactly("replay resnet8-0.1-1", "replay resnet8-0.1-2");
    }

    @Test
    void replaysTheFirstOfTheSelectiveRuns() {
        training.seeds = List.of(1L, 2L);
        training.models = List.of(ModelChoice.of(Model.RESNET8), ModelChoice.of(Model.RESNET20));
        assertThat(jobs("", PolicyKind.REPLAY, PolicyKind.SELECTIVE, PolicyKind.BASELINE))
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
}
