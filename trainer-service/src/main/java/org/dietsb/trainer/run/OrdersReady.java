package org.dietsb.trainer.run;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the runs and policies that were there at the start are known, and orders are being taken. */
@Readiness
@ApplicationScoped
class OrdersReady implements HealthCheck {
    private final OrderQueue orders;
    private final RunEvents events;
    private final PolicyFeed policies;

    OrdersReady(OrderQueue orders, RunEvents events, PolicyFeed policies) {
        this.orders = orders;
        this.events = events;
        this.policies = policies;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("orders")
                .status(orders.isRunning() && events.isRead() && policies.isRead())
                .build();
    }
}
