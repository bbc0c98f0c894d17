package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.dietsb.trainer.TrainerConfig;

/** Meters of a training loop. Timers and distributions carry no run label, so that their number stays bounded. */
@Singleton
public final class TrainingMeters {

    /** The stages of a step, as Prometheus names them. */
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

    @Inject
    TrainingMeters(MeterRegistry registry, TrainerConfig config) {
        this(registry, config.measureStages());
    }

    /**
     * Registers the meters.
     *
     * @param wholeStages whether a stage lasts until the device has finished it, which keeps the host from working meanwhile. A CPU
     *     has always finished
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
        timeouts = counter(registry, "dietsb_mask_timeouts", "Batches whose mask timed out");
        dropped = counter(registry, "dietsb_masks_dropped", "Masks that arrived twice or too late");
        keep = DistributionSummary.builder("dietsb_keep")
                .description("Share of a batch that its mask selects")
                .register(registry);
        roundTrip = Timer.builder("dietsb_mask_round_trip")
                .description("Time from the announcement of a batch to the arrival of its mask")
                .publishPercentileHistogram()
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    /** Records a stage of the device, after waiting for the device if stages are measured whole; returns its seconds. */
    public double took(Stage stage, long sinceNanos, Runnable awaitDevice) {
        if (wholeStages) {
            awaitDevice.run();
        }
        return took(stage, sinceNanos);
    }

    /** Records a stage and returns its seconds. */
    public double took(Stage stage, long sinceNanos) {
        long nanos = System.nanoTime() - sinceNanos;
        Objects.requireNonNull(stages.get(stage)).record(nanos, TimeUnit.NANOSECONDS);
        return nanos / 1e9;
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
