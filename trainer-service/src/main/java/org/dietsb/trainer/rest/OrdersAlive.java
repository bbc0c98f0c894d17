package org.dietsb.trainer.rest;

import org.dietsb.trainer.order.OrderQueue;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while orders are being taken; a loop that has ended does not come back by itself. */
@Liveness
@ApplicationScoped
class OrdersAlive implements HealthCheck {
    private final OrderQueue orders;

    OrdersAlive(OrderQueue orders) {
        this.orders = orders;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("orders").status(orders.isRunning()).build();
    }
}
