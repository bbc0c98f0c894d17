package org.dietsb.trainer.news;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.TrainingOrder;

/** Runs that seem lost after a silence of this length. */
public final class TestLost {
    private TestLost() {}

    /** Tells of a run with this order at this time. */
    public static void heard(LostRuns lost, RunRegistry runs, Run like, TrainingOrder order, long atMillis) {
        Run run = RunWire.fromWire(RunWire.toWire(like).toBuilder()
                .setOrder(OrderWire.toWire(order))
                .build());
        runs.accept(run);
        lost.heard(run.id() + "/" + run.attempt(), runs, atMillis);
    }

    public static LostRuns after(Duration silence) {
        return new LostRuns(new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(TrainerConfig.class)
                .withDefaultValue("user.home", "/nowhere")
                .withDefaultValue("dietsb.trainer.lost-after", silence.toString())
                .build()
                .getConfigMapping(TrainerConfig.class));
    }
}
