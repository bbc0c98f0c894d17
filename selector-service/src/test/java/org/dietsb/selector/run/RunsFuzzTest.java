package org.dietsb.selector.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.topic.Stored;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.junit.jupiter.api.Test;

/** A run's state is read correctly, whatever other messages are on run-events. */
class RunsFuzzTest {

    @Test
    void readsTheStateOfARun() throws Exception {
        Runs runs;
        try (Admin admin = PlainClients.admin("localhost:9")) {
            runs = new Runs(PlainClients.ends(admin), TestDeadLetters.forgotten());
        }
        TopicFuzz.feed(
                "run-events", List.of(run("other", 3)), List.of(run("healthy", 3), run("healthy", 9)), runs::read);
        assertThat(runs.find("healthy").orElseThrow().attempt()).isEqualTo(9);
        assertThat(runs.find("healthy").orElseThrow().examples()).isEqualTo(60_000);
    }

    private static byte[] run(String id, long attempt) {
        Run.Builder run =
                Run.newBuilder().setAttempt(attempt).setState(Run.State.RUNNING).setStartedMillis(1);
        run.getOrderBuilder().setRunId(id).setFirstPolicy(Stored.SELECTIVE);
        run.getOrderBuilder().getRecipeBuilder().setBatchSize(128).setEpochs(10);
        run.getDatasetBuilder().setCount(60_000).setChecksum("f00d");
        return RunEvent.newBuilder().setRun(run).build().toByteArray();
    }
}
