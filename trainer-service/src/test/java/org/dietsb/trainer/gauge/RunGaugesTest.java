package org.dietsb.trainer.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.RunRegistryTest;
import org.junit.jupiter.api.Test;

class RunGaugesTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RunGauges gauges = new RunGauges(meters, new RunRegistry());
    private final Usage usage = new Usage(10);

    private List<String> shown() {
        return meters.find("dietsb_accuracy").gauges().stream()
                .map(gauge -> String.valueOf(gauge.getId().getTag("run")))
                .sorted()
                .toList();
    }

    private double value(String meter, String run) {
        return meters.get(meter).tag("run", run).gauge().value();
    }

    @Test
    void gaugesAreLimitedToTheLastRuns() {
        for (int i = 0; i < 8; i++) {
            gauges.show(RunRegistryTest.run("run-" + i, i, Run.State.COMPLETED), usage);
        }

        assertThat(shown()).containsExactly("run-3", "run-4", "run-5", "run-6", "run-7");
        assertThat(value("dietsb_total_pruned", "run-7")).isEqualTo(.625);
        assertThat(value("dietsb_nominal_pruned", "run-7")).as("a baseline").isZero();
        assertThat(value("dietsb_train_loss", "run-7")).isEqualTo(2);
        assertThat(value("dietsb_epoch_seconds", "run-7")).isEqualTo(3.25);
        assertThat(value("dietsb_run_examples_trained", "run-7")).isEqualTo(150);
        assertThat(value("dietsb_baseline_epoch_seconds", "run-7"))
                .as("a baseline is its own")
                .isEqualTo(3.25);
    }

    @Test
    void gaugesOfARunThatContinuesElsewhereDisappear() {
        gauges.show(RunRegistryTest.run("gone", 1, Run.State.RUNNING), usage);
        gauges.show(RunRegistryTest.run("over", 2, Run.State.COMPLETED), usage);
        assertThat(value("dietsb_running", "gone")).isEqualTo(1);

        gauges.leaveUnlessOver("gone");
        gauges.leaveUnlessOver("over");

        assertThat(shown()).containsExactly("over");
        assertThat(value("dietsb_running", "over")).isZero();
    }

    @Test
    void gaugesOfAFinishedRunDisappearAfterAnHour() {
        Run over = RunRegistryTest.run("over", 1, Run.State.COMPLETED);
        gauges.show(over, usage);

        gauges.tidy(over.endedMillis() + 3_600_000);
        assertThat(shown()).containsExactly("over");
        gauges.tidy(over.endedMillis() + 3_600_001);
        assertThat(shown()).isEmpty();
    }

    @Test
    void placementOfPoliciesIsTimedOnceAcrossAttempts() {
        Run first = RunRegistryTest.run("a", 1, Run.State.RUNNING);
        gauges.show(first, usage);
        assertThat(meters.find("dietsb_policy_placed_timestamp_seconds").gauges())
                .as("what it went on from")
                .isEmpty();

        List<Run.PlacedPolicy> more = new ArrayList<>(first.policies());
        more.add(new Run.PlacedPolicy(1, Policy.BASELINE, 2, 3));
        more.add(new Run.PlacedPolicy(0, Policy.BASELINE, 2, 4));
        more.add(new Run.PlacedPolicy(1, Policy.BASELINE, 2, 5));
        gauges.show(
                new Run(
                        first.order(),
                        first.attempt(),
                        first.state(),
                        first.reason(),
                        first.dataset(),
                        first.queuedMillis(),
                        first.startedMillis(),
                        first.endedMillis(),
                        more,
                        first.epochs(),
                        first.position(),
                        first.prePruned(),
                        first.totalPruned(),
                        first.accuracy(),
                        first.bitIdentical(),
                        first.keptPerClass(),
                        first.weightsChecksum(),
                        first.resumedFrom(),
                        0,
                        "",
                        false),
                usage);

        assertThat(meters.find("dietsb_policy_placed_timestamp_seconds").gauges())
                .as("one a revision, however often it came into force")
                .hasSize(2);
        assertThat(meters.get("dietsb_policy_placed_timestamp_seconds")
                        .tags("run", "a", "revision", "1", "policy", "baseline")
                        .gauge()
                        .value())
                .isBetween(System.currentTimeMillis() / 1e3 - 60, System.currentTimeMillis() / 1e3);
    }
}
