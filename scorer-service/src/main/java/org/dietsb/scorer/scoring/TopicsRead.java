package org.dietsb.scorer.scoring;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when everything that was in the topics at the start has been read; until then a known scoring may be missing. */
@Readiness
@ApplicationScoped
class TopicsRead implements HealthCheck {
    private final ScoringTopics topics;

    TopicsRead(ScoringTopics topics) {
        this.topics = topics;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("scorings-read").status(areRead()).build();
    }

    private boolean areRead() {
        try {
            return topics.areRead();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
