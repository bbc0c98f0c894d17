package org.dietsb.selector.mask;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Whether losses are being answered; a loop that has ended does not come back by itself. */
@Liveness
@Readiness
@ApplicationScoped
class MasksReady implements HealthCheck {
    private final MaskLoop loop;

    MasksReady(MaskLoop loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("masks").status(loop.isRunning()).build();
    }
}
