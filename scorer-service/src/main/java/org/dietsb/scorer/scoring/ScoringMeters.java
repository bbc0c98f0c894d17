package org.dietsb.scorer.scoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Progress of the newest scorings; older ones lose their gauges, so that their number is bounded. */
final class ScoringMeters {
    private final int most;
    private final MultiGauge members;
    private final MultiGauge done;
    private final AtomicInteger running = new AtomicInteger();

    ScoringMeters(MeterRegistry registry, int most) {
        if (most < 0 || most > 100) {
            throw new IllegalArgumentException("dietsb.scorer.gauges is " + most + ", allowed is [0, 100]");
        }
        this.most = most;
        this.members = MultiGauge.builder("dietsb_scoring_members")
                .description("Members of a scoring's ensemble")
                .register(registry);
        this.done = MultiGauge.builder("dietsb_scoring_members_done")
                .description("Members of a scoring that reported their error norms")
                .register(registry);
        Gauge.builder("dietsb_scorings_running", running, AtomicInteger::get)
                .description("Scorings that are neither completed nor failed")
                .register(registry);
    }

    void show(List<Scoring> oldestFirst) {
        List<Scoring> newest = oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
        members.register(rows(newest, true), true);
        done.register(rows(newest, false), true);
        running.set((int) oldestFirst.stream()
                .filter(scoring -> scoring.state() == Scoring.State.RUNNING)
                .count());
    }

    private static List<MultiGauge.Row<?>> rows(List<Scoring> scorings, boolean all) {
        return scorings.stream()
                .<MultiGauge.Row<?>>map(scoring -> MultiGauge.Row.of(
                        Tags.of("scoring", scoring.id()), all ? scoring.members() : scoring.membersDone()))
                .toList();
    }
}
