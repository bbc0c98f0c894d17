package org.dietsb.selector.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.Run;
import org.jspecify.annotations.Nullable;

/** Converts runs from their wire form. */
public final class RunSheetWire {
    private RunSheetWire() {}

    public static RunSheet fromWire(Run run) {
        Position position = run.getPosition();
        Recipe recipe = run.getOrder().getRecipe();
        int epochs = position.getEpochs() != 0 ? position.getEpochs() : recipe.hasBudget() ? 0 : recipe.getEpochs();
        List<RunSheet.Placed> placed = placed(run, epochs);
        List<RunSheet.Figures> figures = run.getEpochsList().stream()
                .map(epoch -> figures(epoch, run.getDataset().getCount()))
                .toList();
        return new RunSheet(
                run.getOrder().getRunId(),
                run.getAttempt(),
                state(run.getState()),
                run.getReason(),
                run.getDataset().getName().isEmpty()
                        ? run.getOrder().getDataset().getName()
                        : run.getDataset().getName(),
                run.getDataset().getCount(),
                run.getDataset().getChecksum(),
                run.getOrder().getModel(),
                run.getOrder().getSeed(),
                recipe.getBatchSize(),
                run.getOrder().getMember().getScoringId(),
                run.getOrder().getProxyOf(),
                run.getOrder().getForeign(),
                Instant.ofEpochMilli(run.getQueuedMillis()),
                instant(run.getStartedMillis()),
                instant(run.getEndedMillis()),
                epochs,
                position.getEpoch(),
                position.getBatch(),
                position.getBatches(),
                run.hasAccuracy() ? run.getAccuracy() : null,
                policy(run.getOrder().getFirstPolicy()).orElse(Policy.BASELINE),
                policy(run.getOrder().getFirstPolicy()).isPresent(),
                placed,
                figures,
                RunSheet.costOf(figures),
                OrderedWire.fromWire(run.getOrder()),
                run.getTrainedWith(),
                run.getResumed());
    }

    /** Returns a run at another position. */
    static RunSheet at(RunSheet run, Position position) {
        int epochs = position.getEpochs() != 0 ? position.getEpochs() : run.epochs();
        return new RunSheet(
                run.id(),
                run.attempt(),
                run.state(),
                run.reason(),
                run.dataset(),
                run.examples(),
                run.fingerprint(),
                run.model(),
                run.seed(),
                run.batchSize(),
                run.scoring(),
                run.proxyOf(),
                run.foreign(),
                run.queued(),
                run.started(),
                run.ended(),
                epochs,
                position.getEpoch(),
                position.getBatch(),
                position.getBatches(),
                run.accuracy(),
                run.firstPolicy(),
                run.firstPolicyKnown(),
                run.placed().stream()
                        .map(one -> new RunSheet.Placed(
                                one.revision(),
                                one.policy(),
                                one.known(),
                                one.epoch(),
                                one.batch(),
                                share(one.epoch(), one.batch(), epochs, position.getBatches())))
                        .toList(),
                run.figures(),
                run.cost(),
                run.ordered(),
                run.trainedWith(),
                run.resumed());
    }

    /** Returns a policy; empty if a trainer of a later version ordered it and this version does not know it. */
    private static Optional<Policy> policy(org.dietsb.selector.wire.Policy wire) {
        try {
            return Optional.of(PolicyWire.fromWire(wire));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    private static RunSheet.State state(Run.State state) {
        return switch (state) {
            case QUEUED -> RunSheet.State.QUEUED;
            case RUNNING -> RunSheet.State.RUNNING;
            case COMPLETED -> RunSheet.State.COMPLETED;
            case CANCELLED -> RunSheet.State.CANCELLED;
            case FAILED, STATE_UNSPECIFIED, UNRECOGNIZED -> RunSheet.State.FAILED;
        };
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    /**
     * Returns a place as a share of the run; 0 if its length is unknown.
     *
     * @param batches of an epoch as it is now: diets make epochs of different length, by little
     */
    private static double share(int epoch, int batch, int epochs, int batches) {
        double within = Math.min(1, batch / (double) Math.max(1, batches));
        return epochs == 0 ? 0 : Math.min(1, (epoch - 1 + within) / epochs);
    }

    private static List<RunSheet.Placed> placed(Run run, int epochs) {
        List<RunSheet.Placed> placed = new ArrayList<>();
        for (PlacedPolicy one : run.getPoliciesList()) {
            double from = share(
                    one.getEpoch(), one.getBatch(), epochs, run.getPosition().getBatches());
            Optional<Policy> policy = policy(one.getPolicy());
            placed.add(new RunSheet.Placed(
                    one.getRevision(),
                    policy.orElse(Policy.BASELINE),
                    policy.isPresent(),
                    one.getEpoch(),
                    one.getBatch(),
                    from));
        }
        return placed;
    }

    /** Returns null for what earlier versions wrote of runs that had diverged. */
    private static @Nullable Double finite(boolean present, double value) {
        return present && Double.isFinite(value) ? value : null;
    }

    private static RunSheet.Figures figures(Epoch epoch, int examples) {
        double all = Math.max(1, examples);
        return new RunSheet.Figures(
                epoch.getEpoch(),
                epoch.hasAccuracy() ? epoch.getAccuracy() : null,
                finite(epoch.hasTrainLoss(), epoch.getTrainLoss()),
                finite(epoch.hasMeanLossSeen(), epoch.getMeanLossSeen()),
                finite(epoch.hasMeanLossSelected(), epoch.getMeanLossSelected()),
                epoch.getSelected() / all,
                (epoch.getScaledSelectionExamples() + 3.0 * epoch.getBackwardExamples()) / (3 * all),
                epoch.getBackwardExamples(),
                epoch.getSelectionExamples(),
                epoch.getSeconds(),
                epoch.getSelectionSeconds(),
                epoch.getStepSeconds(),
                epoch.getMaskWaitSeconds(),
                // All of them, if the trainer does not say.
                epoch.hasShare() && epoch.getShare() > 0 && epoch.getShare() <= 1 ? epoch.getShare() : 1,
                epoch.getSteps(),
                epoch.getMaskTimeouts());
    }
}
