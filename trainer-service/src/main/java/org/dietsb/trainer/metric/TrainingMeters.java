package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The meters of a training loop. Timers and distributions carry no run label, so that their number stays bounded. */
public final class TrainingMeters {

    /** The stages of a step, as they are named in Prometheus. */
    public enum Stage {
        SELECTION_FORWARD,
        MASK_WAIT,
        GATHER,
        FORWARD_BACKWARD,
        OPTIMIZER,
        EVALUATE
    }

    private final boolean wholeStages;
    private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
    private final Counter seen;
    private final Counter selected;
    private final Counter steps;
    private final Counter timeouts;
    private final Counter dropped;
    private final DistributionSummary keep;
    private final Timer roundTrip;

    public TrainingMeters(MeterRegistry registry) {
        this(registry, false);
    }

    /**
     * Meters whose stages are whole or not.
     *
     * @param wholeStages whether a stage is to last until the device is done with it. It costs the overlap of the host's work
     *     with the device's; a CPU is done at once
     */
    public TrainingMeters(MeterRegistry registry, boolean wholeStages) {
        this.wholeStages = wholeStages;
        for (Stage stage : Stage.values()) {
            stages.put(
                    stage,
                    Timer.builder("dietsb_stage")
                            .description("Time of one stage of a step")
                            .tag("stage", stage.name().toLowerCase(Locale.ROOT))
                            .publishPercentileHistogram()
                            .register(registry));
        }
        seen = counter(registry, "dietsb_examples_seen", "Examples announced");
        selected = counter(registry, "dietsb_examples_selected", "Examples that got a gradient");
        steps = counter(registry, "dietsb_steps", "Optimizer steps");
        timeouts = counter(registry, "dietsb_mask_timeouts", "Batches whose mask did not come in time");
        dropped = counter(registry, "dietsb_masks_dropped", "Masks that came twice or too late");
        keep = DistributionSummary.builder("dietsb_keep")
                .description("Share of a batch that its mask selects")
                .register(registry);
        roundTrip = Timer.builder("dietsb_mask_round_trip")
                .description("From a batch announced to its mask received")
                .publishPercentileHistogram()
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /** Whether whoever times a stage of the device is to wait for the device first. */
    public boolean wantWholeStages() {
        return wholeStages;
    }

    /** Notes how long a stage took and hands it back, in seconds. */
    public double took(Stage stage, long sinceNanos) {
        long nanos = System.nanoTime() - sinceNanos;
        timer(stage).record(nanos, TimeUnit.NANOSECONDS);
        return nanos / 1e9;
    }

    private Timer timer(Stage stage) {
        return Objects.requireNonNull(stages.get(stage));
    }

    public void batchSeen(int examples) {
        seen.increment(examples);
    }

    public void batchSelected(int examples, int ofExamples) {
        selected.increment(examples);
        keep.record((double) examples / ofExamples);
    }

    public void stepped() {
        steps.increment();
    }

    public void maskTimedOut() {
        timeouts.increment();
    }

    public void masksDropped(long count) {
        dropped.increment((double) count);
    }

    public void maskReturned(Duration afterAnnouncement) {
        roundTrip.record(afterAnnouncement);
    }
}
