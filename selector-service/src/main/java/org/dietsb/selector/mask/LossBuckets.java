package org.dietsb.selector.mask;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLongArray;
import org.dietsb.selector.report.LossCounts;

/**
 * Losses counted by their size, as a Prometheus histogram does: {@code le} = how many are at most that. Micrometer's own
 * rounds each value up to a whole number first, which tells nothing of losses. Whoever records is one thread.
 */
final class LossBuckets {
    /** Nats. */
    private static final double[] BOUNDS = LossCounts.bounds();

    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);

    LossBuckets(MeterRegistry registry, String name, String description) {
        for (int bucket = 0; bucket <= BOUNDS.length; bucket++) {
            int last = bucket;
            FunctionCounter.builder(name, this, buckets -> buckets.upTo(last))
                    .description(description)
                    .tag("le", bucket == BOUNDS.length ? "+Inf" : String.valueOf(BOUNDS[bucket]))
                    .register(registry);
        }
    }

    void record(float loss) {
        counts.incrementAndGet(LossCounts.bin(loss));
    }

    private double upTo(int last) {
        long sum = 0;
        for (int bucket = 0; bucket <= last; bucket++) {
            sum += counts.get(bucket);
        }
        return sum;
    }
}
