package org.dietsb.trainer.rest;

import jakarta.enterprise.context.ApplicationScoped;
import org.dietsb.trainer.run.OrderLoop;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while the thread that takes orders is alive; it is not restarted. */
@Liveness
@ApplicationScoped
class OrdersAlive implements HealthCheck {
    private final OrderLoop orders;

    OrdersAlive(OrderLoop orders) {
        this.orders = orders;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("orders").status(orders.isRunning()).build();
    }
}
