package org.dietsb.scorer.scoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.dietsb.trainer.wire.Run;

/** Gauges of the progress of the newest scorings; older ones lose theirs, so that the number of gauges is bounded. */
final class ScoringMeters {
    private final int most;
    private final MultiGauge members;
    private final MultiGauge done;
    private final MultiGauge progress;
    private final MultiGauge runs;
    private final AtomicInteger running = new AtomicInteger();

    ScoringMeters(MeterRegistry registry, int most) {
        this.most = most;
        this.members = MultiGauge.builder("dietsb_scoring_members")
                .description("Members of a scoring's ensemble")
                .register(registry);
        this.done = MultiGauge.builder("dietsb_scoring_members_done")
                .description("Members of a scoring that reported their error norms")
                .register(registry);
        this.progress = MultiGauge.builder("dietsb_scoring_progress")
                .description("Share of a scoring's training that is done, in [0, 1]")
                .register(registry);
        this.runs = MultiGauge.builder("dietsb_scoring_running")
                .description("Whether a scoring is neither completed nor failed")
                .register(registry);
        Gauge.builder("dietsb_scorings_running", running, AtomicInteger::get)
                .description("Scorings that are neither completed nor failed")
                .register(registry);
    }

    void show(List<Scoring> oldestFirst) {
        List<Scoring> newest = oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
        members.register(rows(newest, Scoring::members), true);
        done.register(rows(newest, Scoring::membersDone), true);
        progress.register(rows(newest, ScoringMeters::progress), true);
        runs.register(rows(newest, scoring -> scoring.state() == Scoring.State.RUNNING ? 1 : 0), true);
        running.set((int) oldestFirst.stream()
                .filter(scoring -> scoring.state() == Scoring.State.RUNNING)
                .count());
    }

    /** Returns the share of the members' epochs that is done; the batches of a running epoch count in part. */
    private static double progress(Scoring scoring) {
        if (scoring.state() == Scoring.State.COMPLETED) {
            return 1;
        }
        return scoring.memberRuns().stream()
                .mapToDouble(member -> progress(member, scoring.scoringEpochs()))
                .average()
                .orElse(0);
    }

    private static double progress(Scoring.MemberRun member, int epochs) {
        if (member.state().equals(Run.State.COMPLETED.name())) {
            return 1;
        }
        double running = member.batches() == 0 ? 0 : (double) member.batch() / member.batches();
        return Math.min(1, (member.epochsDone() + running) / epochs);
    }

    private static List<MultiGauge.Row<?>> rows(List<Scoring> scorings, ToDoubleFunction<Scoring> value) {
        return scorings.stream()
                .<MultiGauge.Row<?>>map(
                        scoring -> MultiGauge.Row.of(Tags.of("scoring", scoring.id()), value.applyAsDouble(scoring)))
                .toList();
    }
}
