package org.dietsb.trainer.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;

/** What goes wrong with orders, counted. */
@Singleton
class OrderMeters {
    private final Counter locksLost;
    private final Counter queuedAnew;

    OrderMeters(MeterRegistry registry) {
        this.locksLost = Counter.builder("dietsb_order_locks_lost")
                .description("Orders whose lock lapsed, as when the broker was away: another trainer may have them")
                .register(registry);
        this.queuedAnew = Counter.builder("dietsb_orders_queued_anew")
                .description("Orders that were queued anew because the broker would have dropped them")
                .register(registry);
    }

    void lockLost() {
        locksLost.increment();
    }

    void queuedAnew() {
        queuedAnew.increment();
    }
}
