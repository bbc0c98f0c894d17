package org.dietsb.trainer.rest;

import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.order.OrderGroup;
import org.dietsb.trainer.order.OrderQueue;
import org.dietsb.trainer.policy.PolicyFeed;
import org.dietsb.trainer.run.RunExecutor;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the runs and policies that were there at the start are known, and orders are being taken; tells the device. */
@Readiness
@ApplicationScoped
class OrdersReady implements HealthCheck {
    private final OrderQueue orders;
    private final RunExecutor executor;
    private final RunEvents events;
    private final PolicyFeed policies;

    OrdersReady(OrderQueue orders, RunExecutor executor, RunEvents events, PolicyFeed policies) {
        this.orders = orders;
        this.executor = executor;
        this.events = events;
        this.policies = policies;
    }

    @Override
    public HealthCheckResponse call() {
        String waitsFor = waitsFor();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("orders")
                .status(waitsFor.isEmpty())
                .withData("waitsFor", waitsFor.isEmpty() ? "nothing" : waitsFor);
        executor.device().ifPresent(device -> response.withData("device", device.description())
                .withData("libtorch", device.libtorch().version()));
        return response.build();
    }

    private String waitsFor() {
        if (!events.isRead()) {
            return "topic run-events to be read";
        }
        if (!policies.isRead()) {
            return "topic selector-policies to be read";
        }
        return orders.isReady() ? "" : "the broker, to be let into group " + OrderGroup.NAME;
    }
}
