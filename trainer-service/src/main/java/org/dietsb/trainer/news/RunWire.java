package org.dietsb.trainer.news;

import java.util.List;
import java.util.function.Consumer;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.Barrier;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.ClassCount;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.RunEvent;
import org.jspecify.annotations.Nullable;

/** Converts runs between records and messages. A run that no trainer has started has no attempt. */
public final class RunWire {
    /** Maximum number of revisions of an epoch in a message; the others are among the placed policies. */
    private static final int MOST_REVISIONS = 256;

    private RunWire() {}

    public static org.dietsb.trainer.wire.Run toWire(Run run) {
        return toWire(run, 0, 0, 0);
    }

    /** Returns the run without the first items of its lists. */
    static org.dietsb.trainer.wire.Run toWire(Run run, int policies, int epochs, int classes) {
        org.dietsb.trainer.wire.Run.Builder wire = org.dietsb.trainer.wire.Run.newBuilder()
                .setOrder(OrderWire.toWire(run.order()))
                .setAttempt(Math.max(0, run.attempt()))
                .setState(org.dietsb.trainer.wire.Run.State.valueOf(run.state().name()))
                .setReason(run.reason())
                .setQueuedMillis(run.queuedMillis())
                .setStartedMillis(run.startedMillis())
                .setEndedMillis(run.endedMillis())
                .setPrePruned(run.prePruned())
                .setTotalPruned(run.totalPruned())
                .setBitIdentical(run.bitIdentical())
                .setWeightsChecksum(run.weightsChecksum())
                .setPoliciesInParts(policies)
                .setEpochsInParts(epochs)
                .setKeptPerClassInParts(classes)
                .setResumed(run.resumed())
                .setTrainedWith(run.trainedWith())
                .setAwaitsScores(run.awaitsScores());
        if (run.dataset() != null) {
            wire.setDataset(OrderWire.toWire(run.dataset()));
        }
        if (run.accuracy() != null) {
            wire.setAccuracy(run.accuracy());
        }
        from(policies, run.policies(), placed -> wire.addPolicies(toWire(placed)));
        from(epochs, run.epochs(), epoch -> wire.addEpochs(toWire(epoch)));
        from(classes, run.keptPerClass(), kept -> wire.addKeptPerClass(toWire(kept)));
        Run.Position position = run.position();
        if (position != null) {
            wire.setPosition(toWire(position));
        }
        Run.Barrier resumed = run.resumedFrom();
        if (resumed != null) {
            wire.setResumedFrom(toWire(resumed));
        }
        return wire.build();
    }

    private static <T> void from(int first, List<T> all, Consumer<T> add) {
        all.subList(first, all.size()).forEach(add);
    }

    static PlacedPolicy toWire(Run.PlacedPolicy placed) {
        return PlacedPolicy.newBuilder()
                .setRevision(placed.revision())
                .setPolicy(PolicyWire.toWire(placed.policy()))
                .setEpoch(placed.epoch())
                .setBatch(placed.batch())
                .build();
    }

    static ClassCount toWire(Run.KeptOfClass kept) {
        return ClassCount.newBuilder()
                .setName(kept.name())
                .setCount(kept.count())
                .setKept(kept.kept())
                .build();
    }

    static Epoch toWire(EpochFigures epoch) {
        Epoch.Builder wire = Epoch.newBuilder()
                .setEpoch(epoch.epoch())
                .setLearningRate(epoch.learningRate())
                .setSeconds(epoch.seconds())
                .setSeen(epoch.seen())
                .setSelected(epoch.selected())
                .setSteps(epoch.steps())
                .setBackwardExamples(epoch.backwardExamples())
                .setSelectionExamples(epoch.selectionExamples())
                .setMaskWaitSeconds(epoch.maskWaitSeconds())
                .setMaskTimeouts(epoch.maskTimeouts())
                .addAllPolicyRevisions(
                        epoch.policyRevisions().stream().limit(MOST_REVISIONS).toList())
                .setEvaluationSeconds(epoch.evaluationSeconds())
                .setSelectionSeconds(epoch.selectionSeconds())
                .setStepSeconds(epoch.stepSeconds())
                .setScaledSelectionExamples(epoch.scaledSelectionExamples())
                .setShare(epoch.share());
        if (epoch.trainLoss() != null) {
            wire.setTrainLoss(epoch.trainLoss());
        }
        if (epoch.accuracy() != null) {
            wire.setAccuracy(epoch.accuracy());
        }
        if (epoch.meanLossSeen() != null) {
            wire.setMeanLossSeen(epoch.meanLossSeen());
        }
        if (epoch.meanLossSelected() != null) {
            wire.setMeanLossSelected(epoch.meanLossSelected());
        }
        return wire.build();
    }

    /**
     * Returns the record of a run.
     *
     * @throws IllegalArgumentException if a field is out of range
     */
    public static Run fromWire(org.dietsb.trainer.wire.Run wire) {
        Run.State state =
                switch (wire.getState()) {
                    case QUEUED -> Run.State.QUEUED;
                    case RUNNING -> Run.State.RUNNING;
                    case COMPLETED -> Run.State.COMPLETED;
                    case FAILED -> Run.State.FAILED;
                    case CANCELLED -> Run.State.CANCELLED;
                    case STATE_UNSPECIFIED, UNRECOGNIZED ->
                        throw new IllegalArgumentException("run in unknown state " + wire.getStateValue());
                };
        return new Run(
                OrderWire.fromWire(wire.getOrder()),
                wire.getStartedMillis() == 0 ? -1 : wire.getAttempt(),
                state,
                wire.getReason(),
                wire.hasDataset() ? OrderWire.fromWire(wire.getDataset()) : null,
                wire.getQueuedMillis(),
                wire.getStartedMillis(),
                wire.getEndedMillis(),
                wire.getPoliciesList().stream()
                        .map(placed -> new Run.PlacedPolicy(
                                placed.getRevision(),
                                PolicyWire.fromWire(placed.getPolicy()),
                                placed.getEpoch(),
                                placed.getBatch()))
                        .toList(),
                wire.getEpochsList().stream().map(RunWire::fromWire).toList(),
                wire.hasPosition() ? fromWire(wire.getPosition()) : null,
                wire.getPrePruned(),
                wire.getTotalPruned(),
                wire.hasAccuracy() ? wire.getAccuracy() : null,
                wire.getBitIdentical(),
                wire.getKeptPerClassList().stream()
                        .map(kept -> new Run.KeptOfClass(kept.getName(), kept.getCount(), kept.getKept()))
                        .toList(),
                wire.getWeightsChecksum(),
                wire.hasResumedFrom() ? fromWire(wire.getResumedFrom()) : null,
                wire.getResumed(),
                wire.getTrainedWith(),
                wire.getAwaitsScores());
    }

    static Barrier toWire(Run.Barrier barrier) {
        return Barrier.newBuilder()
                .setAttempt(barrier.attempt())
                .setEpoch(barrier.epoch())
                .setBatch(barrier.batch())
                .build();
    }

    static Run.Barrier fromWire(Barrier wire) {
        return new Run.Barrier(wire.getAttempt(), wire.getEpoch(), wire.getBatch());
    }

    static Position toWire(Run.Position position) {
        return Position.newBuilder()
                .setEpoch(position.epoch())
                .setEpochs(position.epochs())
                .setBatch(position.batch())
                .setBatches(position.batches())
                .setSeen(position.seen())
                .setSelected(position.selected())
                .setMaskWaitSeconds(position.maskWaitSeconds())
                .setSeconds(position.seconds())
                .build();
    }

    static Run.Position fromWire(Position wire) {
        return new Run.Position(
                wire.getEpoch(),
                wire.getEpochs(),
                wire.getBatch(),
                wire.getBatches(),
                wire.getSeen(),
                wire.getSelected(),
                wire.getMaskWaitSeconds(),
                wire.getSeconds());
    }

    /** Returns null for what earlier versions wrote of runs that had diverged. */
    private static @Nullable Double finite(boolean present, double value) {
        return present && Double.isFinite(value) ? value : null;
    }

    private static EpochFigures fromWire(Epoch wire) {
        return new EpochFigures(
                wire.getEpoch(),
                wire.hasAccuracy() ? wire.getAccuracy() : null,
                finite(wire.hasTrainLoss(), wire.getTrainLoss()),
                wire.getLearningRate(),
                wire.getSeconds(),
                wire.getSeen(),
                wire.getSelected(),
                wire.getSteps(),
                wire.getBackwardExamples(),
                wire.getSelectionExamples(),
                finite(wire.hasMeanLossSeen(), wire.getMeanLossSeen()),
                finite(wire.hasMeanLossSelected(), wire.getMeanLossSelected()),
                wire.getMaskWaitSeconds(),
                wire.getMaskTimeouts(),
                wire.getPolicyRevisionsList(),
                wire.getEvaluationSeconds(),
                wire.getSelectionSeconds(),
                wire.getStepSeconds(),
                wire.getScaledSelectionExamples(),
                wire.hasShare() ? wire.getShare() : 1);
    }

    static RunEvent cancelRequest(Run run, String who, long nowMillis) {
        return RunEvent.newBuilder()
                .setCancelRequested(CancelRequested.newBuilder()
                        .setRunId(run.id())
                        .setWho(who)
                        .setEpochMillis(nowMillis)
                        .setResumed(run.resumed()))
                .build();
    }

    static org.dietsb.trainer.wire.Take toWire(Take take) {
        var wire = org.dietsb.trainer.wire.Take.newBuilder()
                .setRunId(take.runId())
                .setId(take.id())
                .setOver(take.over())
                .setResumed(take.resumed());
        Run.Barrier checkpoint = take.checkpoint();
        return (checkpoint == null ? wire : wire.setCheckpoint(toWire(checkpoint))).build();
    }

    static Take fromWire(org.dietsb.trainer.wire.Take wire) {
        RunId.check("id", wire.getRunId());
        return new Take(
                wire.getRunId(),
                wire.getId(),
                wire.getOver(),
                wire.hasCheckpoint() ? fromWire(wire.getCheckpoint()) : null,
                wire.getResumed());
    }
}
