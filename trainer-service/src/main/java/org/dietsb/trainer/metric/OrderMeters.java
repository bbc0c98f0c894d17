package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** Counts orders whose lock was lost and orders that were queued again. */
@Singleton
public class OrderMeters {
    private final Counter locksLost;
    private final Counter queuedAnew;

    public OrderMeters(MeterRegistry registry) {
        this.locksLost = Counter.builder("dietsb_order_locks_lost")
                .description(
                        "Orders whose lock expired, for example while the broker was away; another trainer may have them")
                .register(registry);
        this.queuedAnew = Counter.builder("dietsb_orders_queued_anew")
                .description("Orders that were queued again because the broker would have dropped them")
                .register(registry);
    }

    public void lockLost() {
        locksLost.increment();
    }

    public void queuedAnew() {
        queuedAnew.increment();
    }
}
