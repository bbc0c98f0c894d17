package org.dietsb.trainer.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** A run as GET /runs/{id} shows it; the summary that dietsb writes is this and the cost of scoring. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunView(
        String runId,
        Run.State state,
        @Nullable String reason,
        @Nullable Long attempt,
        Run.@Nullable Barrier resumedFrom,
        @Nullable Member member,
        @Nullable Proxy proxy,
        @Nullable String proxyOf,
        String dataset,
        String model,
        @Nullable GivenFile modelFile,
        @Nullable GivenFile init,
        PolicyJson policy,
        long policyRevision,
        long seed,
        @Nullable Integer examples,
        @Nullable Integer imageSize,
        double prePruned,
        double totalPruned,
        @Nullable Double accuracy,
        @Nullable Double stopAtAccuracy,
        @Nullable ReachedAccuracy reachedAccuracy,
        boolean bitIdentical,
        @Nullable String fingerprint,
        @Nullable String weightsChecksum,
        @Nullable Instant queuedAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Run.@Nullable Position progress,
        @Nullable List<EpochFigures> epochs,
        List<Placed> policies,
        List<Run.KeptOfClass> keptPerClass) {

    record Member(String scoringId, int member) {}

    /**
     * The run whose masks this one gets, and what it has cost so far.
     *
     * @param seconds of its epochs
     * @param backwardExamples example-passes of its steps
     * @param selectionExamples example-passes for selection alone
     */
    record Proxy(
            String runId,
            String model,
            Run.State state,
            @Nullable String reason,
            double seconds,
            long backwardExamples,
            long selectionExamples) {

        static Proxy of(Run run) {
            return new Proxy(
                    run.order().runId(),
                    run.order().model(),
                    run.state(),
                    run.reason().isEmpty() ? null : run.reason(),
                    run.epochs().stream().mapToDouble(EpochFigures::seconds).sum(),
                    run.epochs().stream()
                            .mapToLong(EpochFigures::backwardExamples)
                            .sum(),
                    run.epochs().stream()
                            .mapToLong(EpochFigures::selectionExamples)
                            .sum());
        }
    }

    record GivenFile(String path, String checksum) {
        static @Nullable GivenFile of(TrainingOrder.@Nullable GivenFile file) {
            return file == null ? null : new GivenFile(file.path(), file.checksum());
        }
    }

    /**
     * What it took to reach the accuracy that the order names.
     *
     * @param epoch after which it was first measured
     * @param seconds of training, without evaluation
     * @param passes over the training set, a selection pass counting a third of a trained one
     */
    record ReachedAccuracy(int epoch, double seconds, double passes) {

        static @Nullable ReachedAccuracy of(Run run) {
            Double wanted = run.order().stopAtAccuracy();
            DatasetIdentity dataset = run.dataset();
            if (wanted == null || dataset == null) {
                return null;
            }
            double seconds = 0;
            double passes = 0;
            for (EpochFigures epoch : run.epochs()) {
                seconds += epoch.seconds();
                passes += (epoch.backwardExamples() + epoch.scaledSelectionExamples() / 3) / dataset.count();
                Double accuracy = epoch.accuracy();
                if (accuracy != null && accuracy >= wanted) {
                    return new ReachedAccuracy(epoch.epoch(), seconds, passes);
                }
            }
            return null;
        }
    }

    record Placed(long revision, PolicyJson policy, int epoch, int batch) {}

    static RunView of(Run run, boolean withEpochs, RunRegistry registry) {
        TrainingOrder order = run.order();
        TrainingOrder.ScoringMember member = order.member();
        TrainingOrder proxy = order.proxy();
        Run.PlacedPolicy current = run.currentPolicy();
        return new RunView(
                order.runId(),
                run.state(),
                run.reason().isEmpty() ? null : run.reason(),
                run.attempt() < 0 ? null : run.attempt(),
                run.resumedFrom(),
                member == null ? null : new Member(member.scoringId(), member.member()),
                proxy == null
                        ? null
                        : registry.find(proxy.runId()).map(Proxy::of).orElse(null),
                order.proxyOf(),
                order.dataset().name(),
                order.model(),
                GivenFile.of(order.modelFile()),
                GivenFile.of(order.init()),
                PolicyJson.of(current.policy()),
                current.revision(),
                order.seed(),
                run.dataset() == null ? null : run.dataset().count(),
                order.dataset().imageSize() == 0 ? null : order.dataset().imageSize(),
                run.prePruned(),
                run.totalPruned(),
                run.accuracy(),
                order.stopAtAccuracy(),
                ReachedAccuracy.of(run),
                run.bitIdentical(),
                run.dataset() == null ? null : run.dataset().checksum(),
                run.weightsChecksum().isEmpty() ? null : run.weightsChecksum(),
                at(run.queuedMillis()),
                at(run.startedMillis()),
                at(run.endedMillis()),
                run.position(),
                withEpochs ? run.epochs() : null,
                run.policies().stream()
                        .map(placed -> new Placed(
                                placed.revision(), PolicyJson.of(placed.policy()), placed.epoch(), placed.batch()))
                        .toList(),
                run.keptPerClass());
    }

    private static @Nullable Instant at(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}
