package org.dietsb.trainer.rest;

import jakarta.enterprise.context.ApplicationScoped;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.order.OrderGroup;
import org.dietsb.trainer.policy.PolicyFeed;
import org.dietsb.trainer.run.NetworkLoader;
import org.dietsb.trainer.run.OrderLoop;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the runs and policies stored at start-up are known and orders are being taken; reports the device. */
@Readiness
@ApplicationScoped
class OrdersReady implements HealthCheck {
    private final OrderLoop orders;
    private final NetworkLoader networks;
    private final RunEvents events;
    private final PolicyFeed policies;

    OrdersReady(OrderLoop orders, NetworkLoader networks, RunEvents events, PolicyFeed policies) {
        this.orders = orders;
        this.networks = networks;
        this.events = events;
        this.policies = policies;
    }

    @Override
    public HealthCheckResponse call() {
        String waitsFor = waitsFor();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("orders")
                .status(waitsFor.isEmpty())
                .withData("waitsFor", waitsFor.isEmpty() ? "nothing" : waitsFor);
        networks.device().ifPresent(device -> response.withData("device", device.description())
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
        if (orders.isReady() && !events.refusal().isEmpty()) {
            return "the broker, to store events of runs: " + events.refusal();
        }
        return orders.isReady() ? "" : "the broker, to be let into group " + OrderGroup.NAME;
    }
}
