package org.dietsb.scorer.scoring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.scorer.scoreset.RowGauge;
import org.dietsb.trainer.wire.Run;

/** Gauges of the progress of the newest scorings; older ones lose theirs, so that the number of gauges is bounded. */
final class ScoringMeters {
    private final RowGauge members;
    private final RowGauge done;
    private final RowGauge progress;
    private final RowGauge runs;
    private final AtomicInteger running = new AtomicInteger();

    ScoringMeters(MeterRegistry registry) {
        this.members = new RowGauge(registry, "dietsb_scoring_members", "Members of a scoring's ensemble");
        this.done = new RowGauge(
                registry, "dietsb_scoring_members_done", "Members of a scoring that reported their error norms");
        this.progress = new RowGauge(
                registry, "dietsb_scoring_progress", "Share of a scoring's training that is done, in [0, 1]");
        this.runs = new RowGauge(registry, "dietsb_scoring_running", "Whether a scoring has not ended");
        Gauge.builder("dietsb_scorings_running", running, AtomicInteger::get)
                .description("Scorings that have not ended")
                .register(registry);
    }

    void show(List<Scoring> newest, int notEnded) {
        members.show(rows(newest, Scoring::members));
        done.show(rows(newest, Scoring::membersDone));
        progress.show(rows(newest, ScoringMeters::progress));
        runs.show(rows(newest, scoring -> scoring.state() == Scoring.State.RUNNING ? 1 : 0));
        running.set(notEnded);
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

    private static Map<Tags, Double> rows(List<Scoring> scorings, ToDoubleFunction<Scoring> value) {
        return scorings.stream()
                .collect(Collectors.toMap(scoring -> Tags.of("scoring", scoring.id()), value::applyAsDouble));
    }
}
