package org.dietsb.selector.mask;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Losses counted by their size, as a Prometheus histogram does: {@code le} = how many are at most that. Micrometer's own
 * rounds each value up to a whole number first, which tells nothing of losses. Whoever records is one thread.
 */
final class LossBuckets {
    /** Nats. */
    private static final double[] BOUNDS = {.01, .03, .1, .2, .3, .5, .7, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10};

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
        int place = Arrays.binarySearch(BOUNDS, loss);
        counts.incrementAndGet(place < 0 ? -place - 1 : place);
    }

    private double upTo(int last) {
        long sum = 0;
        for (int bucket = 0; bucket <= last; bucket++) {
            sum += counts.get(bucket);
        }
        return sum;
    }
}
