package org.dietsb.selector.mask;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Whether the loop runs, with a broker or without; one that has ended does not come back by itself. */
@Liveness
@ApplicationScoped
class MasksAlive implements HealthCheck {
    private final MaskLoop loop;

    MasksAlive(MaskLoop loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("masks").status(loop.isRunning()).build();
    }
}
