package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and times the writing of checkpoints, and counts resumed attempts. */
@Singleton
public final class CheckpointMeters {
    private final Timer written;
    private final Counter missed;
    private final Counter resumed;
    private final AtomicLong bytes = new AtomicLong();

    CheckpointMeters(MeterRegistry registry) {
        written = Timer.builder("dietsb_checkpoint")
                .description("Time to write a checkpoint")
                .register(registry);
        missed = Counter.builder("dietsb_checkpoints_missed")
                .description("Checkpoints that were due but could not be written")
                .register(registry);
        resumed = Counter.builder("dietsb_runs_resumed")
                .description("Attempts that resumed from a checkpoint")
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
