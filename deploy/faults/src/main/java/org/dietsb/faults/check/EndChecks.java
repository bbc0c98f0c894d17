package org.dietsb.faults.check;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.reference.Reference;
import org.dietsb.faults.reference.Survivors;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Run;

/** Checks the end of a run: its state, its weights and the figures of its epochs. */
record EndChecks(Recording recording, Survivors survivors, Reference reference, Complaints complaints) {
    void check() {
        Optional<Run> ended = recording.last();
        if (ended.isEmpty()) {
            complaints.add("end", "the run never began");
            return;
        }
        Run run = ended.get();
        if (run.getState() != Run.State.COMPLETED) {
            complaints.add("end", "the run is " + run.getState() + " " + run.getReason());
        }
        List<Long> attempts = survivors.attempts();
        if (!attempts.isEmpty() && run.getAttempt() != attempts.get(attempts.size() - 1)) {
            complaints.add(
                    "end",
                    "attempt " + run.getAttempt() + " ended the run, the last one opened is "
                            + attempts.get(attempts.size() - 1));
        }
        if (!run.getWeightsChecksum().equals(reference.weightsChecksum())) {
            complaints.add(
                    "end",
                    "the weights are " + run.getWeightsChecksum() + ", those of the undisturbed run "
                            + reference.weightsChecksum());
        }
        if (!run.getBitIdentical()) {
            complaints.add("end", "the run is not reported as bit-identical");
        }
        if (recording.deadLetters() != 0) {
            complaints.add("end", recording.deadLetters() + " dead letters");
        }
        int epochs = reference.epochs().size();
        if (run.getEpochsCount() != epochs) {
            complaints.add("end", "figures of " + run.getEpochsCount() + " epochs, expected are " + epochs);
            return;
        }
        for (int i = 0; i < epochs; i++) {
            compare(run.getEpochs(i), reference.epochs().get(i));
        }
    }

    private void compare(Epoch is, EpochFigures due) {
        figure(due.epoch(), "epoch", is.getEpoch(), due.epoch());
        figure(due.epoch(), "seen", is.getSeen(), due.seen());
        figure(due.epoch(), "selected", is.getSelected(), due.selected());
        figure(due.epoch(), "steps", is.getSteps(), due.steps());
        figure(due.epoch(), "backwardExamples", is.getBackwardExamples(), due.backwardExamples());
        figure(due.epoch(), "selectionExamples", is.getSelectionExamples(), due.selectionExamples());
        figure(due.epoch(), "maskTimeouts", is.getMaskTimeouts(), 0);
        figure(due.epoch(), "trainLoss", is.getTrainLoss(), Objects.requireNonNullElse(due.trainLoss(), 0.0));
        figure(due.epoch(), "policyRevisions", is.getPolicyRevisionsList(), due.policyRevisions());
    }

    private void figure(int epoch, String name, Object is, Object due) {
        if (!is.equals(due)) {
            complaints.add("figures", "epoch " + epoch + ": " + name + " is " + is + ", expected is " + due);
        }
    }
}
