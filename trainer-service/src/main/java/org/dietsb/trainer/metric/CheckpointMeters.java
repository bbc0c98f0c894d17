package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What is kept for the next attempt, and how often one goes on from it. */
public final class CheckpointMeters {
    private final Timer written;
    private final Counter missed;
    private final Counter resumed;
    private final AtomicLong bytes = new AtomicLong();

    public CheckpointMeters(MeterRegistry registry) {
        written = Timer.builder("dietsb_checkpoint")
                .description("Time to write a checkpoint")
                .register(registry);
        missed = Counter.builder("dietsb_checkpoints_missed")
                .description("Checkpoints that were due and could not be written")
                .register(registry);
        resumed = Counter.builder("dietsb_runs_resumed")
                .description("Attempts that went on from a checkpoint")
                .register(registry);
        registry.gauge("dietsb_checkpoint_bytes", bytes);
    }

    public void written(Duration took, long size) {
        written.record(took);
        bytes.set(size);
    }

    public void missed() {
        missed.increment();
    }

    public void resumed() {
        resumed.increment();
    }
}
