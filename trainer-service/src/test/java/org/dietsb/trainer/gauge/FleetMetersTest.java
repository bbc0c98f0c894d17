package org.dietsb.trainer.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.dietsb.trainer.news.LostRuns;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.RunRegistryTest;
import org.dietsb.trainer.news.TestLost;
import org.dietsb.trainer.order.OrderWire;
import org.junit.jupiter.api.Test;

class FleetMetersTest {
    private static final long NOW = System.currentTimeMillis();
    private static final long LONG_AGO = NOW - Duration.ofMinutes(6).toMillis();

    private final RunRegistry runs = new RunRegistry();
    private final LostRuns lost = TestLost.after(Duration.ofMinutes(5));

    private void running(String id, boolean foreign, long heardMillis) {
        running(id, foreign, heardMillis, Run.State.RUNNING);
    }

    private void running(String id, boolean foreign, long heardMillis, Run.State state) {
        Run run = RunRegistryTest.run(id, 3, state);
        var order =
                OrderWire.toWire(run.order()).toBuilder().setForeign(foreign).build();
        TestLost.heard(lost, runs, run, OrderWire.fromWire(order), heardMillis);
    }

    @Test
    void foreignRunsThatAreSilentAreCountedAsLostAndNotAsRunning() {
        running("ordered", false, LONG_AGO);
        running("foreign", true, NOW);
        running("silent", true, LONG_AGO);
        running("over", true, LONG_AGO);
        running("over", true, LONG_AGO, Run.State.FAILED);

        assertThat(FleetMeters.byState(runs, lost))
                .containsEntry("running", 2)
                .containsEntry("lost", 1)
                .containsEntry("failed", 1)
                .containsEntry("completed", 0)
                .containsEntry("queued", 0);
        assertThat(runs.unfinished()).as("runs that take the room of orders").isEqualTo(1);
        assertThat(lost.since(runs.find("silent").orElseThrow()))
                .isNotNull()
                .satisfies(since -> assertThat(since.toEpochMilli()).isEqualTo(LONG_AGO));
        assertThat(lost.since(runs.find("foreign").orElseThrow())).isNull();

        running("silent", true, NOW);
        assertThat(FleetMeters.byState(runs, lost))
                .as("heard of again")
                .containsEntry("lost", 0)
                .containsEntry("running", 3);
    }
}
