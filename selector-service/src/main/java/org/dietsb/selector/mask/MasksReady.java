package org.dietsb.selector.mask;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Whether losses are being answered: not before the group is joined, not while runs are rebuilt, not while the broker is
 * unreachable. A rolling update therefore proceeds to the next selector only when this one has caught up.
 */
@Readiness
@ApplicationScoped
class MasksReady implements HealthCheck {
    /** Answers are confirmed once per second. */
    private static final Duration AWAY = Duration.ofSeconds(10);

    private final MaskLoop loop;

    MasksReady(MaskLoop loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        String waitsFor = waitsFor();
        return HealthCheckResponse.named("masks")
                .status(waitsFor.isEmpty())
                .withData("partitionsAnswered", loop.partitions().answered())
                .withData("partitionsInRecovery", loop.partitions().inRecovery())
                .withData("waitsFor", waitsFor.isEmpty() ? "nothing" : waitsFor)
                .build();
    }

    private String waitsFor() {
        if (!loop.isRunning()) {
            return "a restart: the loop has ended";
        }
        if (loop.sinceHeard().compareTo(AWAY) > 0) {
            return "the broker, for " + loop.sinceHeard().toSeconds() + " s";
        }
        if (!loop.partitions().hasJoined()) {
            return "its group";
        }
        return loop.partitions().inRecovery() > 0 ? "runs to be rebuilt" : "";
    }
}
