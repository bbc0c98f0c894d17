package org.dietsb.trainer.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.run.Waiting;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.Totals;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * A run as shown by GET /runs/{id}; the summary that dietsb writes is this with the cost of scoring.
 *
 * @param foreign true if a loop of its own trains it, and not a trainer
 * @param lostSince when it was last heard of, if its loop seems to have ended without saying so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunView(
        String runId,
        Run.State state,
        @Nullable Boolean foreign,
        @Nullable Instant lostSince,
        @Nullable String reason,
        @Nullable String waitsFor,
        @Nullable Long attempt,
        Run.@Nullable Barrier resumedFrom,
        @Nullable Member member,
        @Nullable Proxy proxy,
        @Nullable String proxyOf,
        @Nullable List<String> tags,
        String dataset,
        String model,
        TrainingOrder.@Nullable GivenFile modelFile,
        TrainingOrder.@Nullable GivenFile init,
        PolicyJson policy,
        @Nullable String policyCourse,
        long policyRevision,
        long seed,
        @Nullable Integer examples,
        @Nullable Integer imageSize,
        @Nullable Integer skippedPictures,
        double prePruned,
        double totalPruned,
        @Nullable Double accuracy,
        @Nullable Double stopAtAccuracy,
        Totals.@Nullable ReachedAccuracy reachedAccuracy,
        boolean bitIdentical,
        @Nullable String fingerprint,
        @Nullable String weightsChecksum,
        @Nullable String trainedWith,
        @Nullable Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Run.@Nullable Position progress,
        @Nullable List<EpochFigures> epochs,
        @Nullable List<Placed> policies,
        @Nullable List<Run.KeptOfClass> keptPerClass) {

    record Member(String scoringId, int member) {}

    /**
     * The proxy whose masks the run gets, and its cost so far.
     *
     * @param seconds time of its epochs
     * @param backwardExamples example-passes of its steps
     * @param selectionExamples example-passes for selection only
     */
    record Proxy(
            String runId,
            String model,
            Run.State state,
            @Nullable String reason,
            double seconds,
            long backwardExamples,
            long selectionExamples) {

        static Proxy of(Run run, Totals totals) {
            return new Proxy(
                    run.order().runId(),
                    run.order().model(),
                    run.state(),
                    run.reason().isEmpty() ? null : run.reason(),
                    totals.seconds(),
                    totals.backwardExamples(),
                    totals.selectionExamples());
        }
    }

    record Placed(long revision, PolicyJson policy, int epoch, int batch) {}

    /**
     * Returns the view of a run.
     *
     * @param withLists whether with its epochs, placed policies and classes, of which there may be very many; the run must have them then
     * @param lostSince when it was last heard of, if it seems lost
     */
    static RunView of(Run run, boolean withLists, RunRegistry registry, @Nullable Instant lostSince) {
        TrainingOrder order = run.order();
        TrainingOrder.ScoringMember member = order.member();
        TrainingOrder proxy = order.proxy();
        Run.PlacedPolicy current = run.currentPolicy();
        return new RunView(
                order.runId(),
                run.state(),
                order.foreign() ? true : null,
                lostSince,
                run.reason().isEmpty() ? null : run.reason(),
                waitsFor(run, registry),
                run.attempt() < 0 ? null : run.attempt(),
                run.resumedFrom(),
                member == null ? null : new Member(member.scoringId(), member.member()),
                proxy == null
                        ? null
                        : registry.find(proxy.runId())
                                .flatMap(other -> registry.totals(other.id()).map(totals -> Proxy.of(other, totals)))
                                .orElse(null),
                order.proxyOf(),
                order.tags().isEmpty() ? null : order.tags(),
                order.dataset().name(),
                order.model(),
                order.modelFile(),
                order.init(),
                PolicyJson.of(current.policy()),
                run.course().isSwapped() ? run.course().words() : null,
                current.revision(),
                order.seed(),
                run.dataset() == null ? null : run.dataset().count(),
                order.dataset().imageSize() == 0 ? null : order.dataset().imageSize(),
                skipped(run),
                run.prePruned(),
                run.totalPruned(),
                run.accuracy(),
                order.stopAtAccuracy(),
                registry.totals(run.id()).map(Totals::reached).orElse(null),
                run.bitIdentical(),
                run.dataset() == null ? null : run.dataset().checksum(),
                run.weightsChecksum().isEmpty() ? null : run.weightsChecksum(),
                run.trainedWith().isEmpty() ? null : run.trainedWith(),
                at(run.queuedMillis()),
                at(run.startedMillis()),
                at(run.endedMillis()),
                run.position(),
                withLists ? run.epochs() : null,
                withLists
                        ? run.policies().stream()
                                .map(placed -> new Placed(
                                        placed.revision(),
                                        PolicyJson.of(placed.policy()),
                                        placed.epoch(),
                                        placed.batch()))
                                .toList()
                        : null,
                withLists ? run.keptPerClass() : null);
    }

    /** What a queued run waits for; null for others. */
    private static @Nullable String waitsFor(Run run, RunRegistry registry) {
        if (run.state() != Run.State.QUEUED) {
            return null;
        }
        if (!run.reason().isEmpty()) {
            return run.reason();
        }
        if (run.awaitsScores()) {
            return "score set " + run.order().firstPolicy().scoreSet();
        }
        List<Waiting.Busy> busy = new ArrayList<>();
        long before = 0;
        for (Run other : registry.live()) {
            if (other.order().foreign()) {
                continue;
            }
            if (other.state() == Run.State.RUNNING) {
                busy.add(busy(other));
            } else if (other.state() == Run.State.QUEUED && other.queuedMillis() < run.queuedMillis()) {
                before++;
            }
        }
        return Waiting.text(busy, before);
    }

    private static Waiting.Busy busy(Run run) {
        Run.Position at = run.position();
        double seconds = run.epochs().stream()
                .mapToDouble(epoch -> epoch.seconds() + epoch.evaluationSeconds())
                .average()
                .orElse(at == null || at.batch() == 0 ? Double.NaN : at.seconds() * at.batches() / at.batch());
        return at == null
                ? new Waiting.Busy(run.id(), Double.NaN)
                : Waiting.Busy.of(
                        run.id(), at.epoch(), at.epochs(), (double) at.batch() / Math.max(1, at.batches()), seconds);
    }

    /** Number of files that were left out of an image folder; null if the order does not allow that, or before the run begins. */
    private static @Nullable Integer skipped(Run run) {
        DatasetIdentity dataset = run.dataset();
        boolean allowed = run.order().dataset().onBadPicture() == OnBadPicture.SKIP;
        return allowed && dataset != null ? dataset.skipped() : null;
    }

    private static @Nullable Instant at(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
