package org.dietsb.selector.mask;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLongArray;
import org.dietsb.selector.report.LossCounts;

/**
 * Counts losses by size, as a Prometheus histogram does: {@code le} is the number of losses up to that bound. Micrometer's own
 * histogram first rounds each value up to a whole number, which is useless for losses. Only one thread may record.
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
