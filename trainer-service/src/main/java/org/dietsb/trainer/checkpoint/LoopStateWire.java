package org.dietsb.trainer.checkpoint;

import java.util.List;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.StateWire;
import org.dietsb.trainer.train.EpochTally;
import org.dietsb.trainer.train.ErrorNorms;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.StepQueue;
import org.dietsb.trainer.wire.Checkpoint;
import org.dietsb.trainer.wire.EpochSums;
import org.dietsb.trainer.wire.InFlight;

/** Converts the loop's state between records and checkpoints. */
public final class LoopStateWire {
    private LoopStateWire() {}

    /** Returns a checkpoint that holds the state and nothing else yet. */
    public static Checkpoint.Builder toWire(LoopState state) {
        Checkpoint.Builder wire = Checkpoint.newBuilder()
                .setEpoch(state.epoch())
                .setBatch(state.batch())
                .setEpochOver(state.running() == null)
                .setLength(state.length())
                .setLastKeep(state.lastKeep())
                .setPlacedInEpoch(state.placedInEpoch());
        if (state.placedRevision() >= 0) {
            wire.setPlacedRevision(state.placedRevision());
        }
        for (Answer.StatePart part : state.selectorState().parts()) {
            wire.addSelectorState(StateWire.toWire(part));
        }
        ErrorNorms.Sums norms = state.errorNorms();
        for (int i = 0; norms != null && i < norms.sums().length; i++) {
            wire.addErrorNormSums(norms.sums()[i]).addErrorNormTimes(norms.times()[i]);
        }
        LoopState.Running running = state.running();
        if (running != null) {
            for (int i = 0; i < running.queued().indices().length; i++) {
                wire.addQueued(running.queued().indices()[i])
                        .addQueuedWeights(running.queued().weights()[i]);
            }
            for (int index : running.kept()) {
                wire.addKept(index);
            }
            float[] weights = running.weights();
            for (int i = 0; weights != null && i < weights.length; i++) {
                wire.addKeptWeights(weights[i]);
            }
            wire.setSums(toWire(running.sums()));
            running.inFlight().forEach(one -> wire.addInFlight(toWire(one)));
        }
        return wire;
    }

    private static InFlight toWire(LoopState.InFlight one) {
        InFlight.Builder wire = InFlight.newBuilder()
                .setBatch(one.mask().batch())
                .setRevision(one.policy().revision())
                .setPolicy(PolicyWire.toWire(one.policy().policy()))
                .setWhole(one.whole());
        float[] losses = one.losses();
        for (int i = 0; losses != null && i < losses.length; i++) {
            wire.addLosses(losses[i]);
        }
        for (int place : one.mask().selected()) {
            wire.addSelected(place);
        }
        float[] weights = one.mask().weights();
        for (int i = 0; weights != null && i < weights.length; i++) {
            wire.addWeights(weights[i]);
        }
        return wire.build();
    }

    private static LoopState.InFlight fromWire(int epoch, InFlight wire) {
        return new LoopState.InFlight(
                new StampedPolicy(wire.getRevision(), PolicyWire.fromWire(wire.getPolicy())),
                wire.getWhole(),
                wire.getLossesCount() == 0 ? null : StateWire.floats(wire.getLossesList()),
                new Answer.BatchMask(
                        epoch,
                        wire.getBatch(),
                        wire.getRevision(),
                        ints(wire.getSelectedList()),
                        wire.getWeightsCount() == 0 ? null : StateWire.floats(wire.getWeightsList())));
    }

    private static EpochSums toWire(EpochTally.Sums sums) {
        return EpochSums.newBuilder()
                .setSeen(sums.seen())
                .setSelected(sums.selected())
                .setSteps(sums.steps())
                .setBackwardExamples(sums.backwardExamples())
                .setSelectionExamples(sums.selectionExamples())
                .setTrainLoss(sums.trainLoss())
                .setLearningRate(sums.learningRate())
                .setMaskWaitSeconds(sums.maskWaitSeconds())
                .setMaskTimeouts(sums.maskTimeouts())
                .setSeenLoss(sums.seenLoss())
                .setSelectedLoss(sums.selectedLoss())
                .setSelectedWithLoss(sums.selectedWithLoss())
                .addAllPolicyRevisions(sums.revisions())
                .setSeconds(sums.seconds())
                .setSelectionSeconds(sums.selectionSeconds())
                .setStepSeconds(sums.stepSeconds())
                .setScaledSelectionExamples(sums.scaledSelectionExamples())
                .build();
    }

    public static LoopState fromWire(Checkpoint wire) {
        return new LoopState(
                wire.getEpoch(),
                wire.getBatch(),
                wire.getEpochOver() ? null : running(wire),
                wire.getLength(),
                wire.getLastKeep(),
                wire.hasPlacedRevision() ? wire.getPlacedRevision() : -1,
                wire.getPlacedInEpoch(),
                new Answer.SelectorState(wire.getSelectorStateList().stream()
                        .map(StateWire::fromWire)
                        .toList()),
                wire.getErrorNormSumsCount() == 0
                        ? null
                        : new ErrorNorms.Sums(
                                wire.getErrorNormSumsList().stream()
                                        .mapToDouble(sum -> sum)
                                        .toArray(),
                                ints(wire.getErrorNormTimesList())));
    }

    private static LoopState.Running running(Checkpoint wire) {
        EpochSums sums = wire.getSums();
        return new LoopState.Running(
                ints(wire.getKeptList()),
                wire.getKeptWeightsCount() == 0 ? null : StateWire.floats(wire.getKeptWeightsList()),
                new StepQueue.Taken(ints(wire.getQueuedList()), StateWire.floats(wire.getQueuedWeightsList())),
                new EpochTally.Sums(
                        sums.getSeen(),
                        sums.getSelected(),
                        sums.getSteps(),
                        sums.getBackwardExamples(),
                        sums.getSelectionExamples(),
                        sums.getTrainLoss(),
                        sums.getLearningRate(),
                        sums.getMaskWaitSeconds(),
                        sums.getMaskTimeouts(),
                        sums.getSeenLoss(),
                        sums.getSelectedLoss(),
                        sums.getSelectedWithLoss(),
                        List.copyOf(sums.getPolicyRevisionsList()),
                        sums.getSeconds(),
                        sums.getSelectionSeconds(),
                        sums.getStepSeconds(),
                        sums.getScaledSelectionExamples()),
                wire.getInFlightList().stream()
                        .map(one -> fromWire(wire.getEpoch(), one))
                        .toList());
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(value -> value).toArray();
    }
}
