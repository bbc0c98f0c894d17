package org.dietsb.faults.reference;

import java.util.Optional;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;

/** What an attempt asks the selector for: the mask of an epoch, with batch -1, the mask of a batch, or the state at a barrier. */
public record Question(long attempt, int epoch, int batch) {

    /** Returns the question for a mask that a message asks. */
    public static Optional<Question> of(LossMessage message) {
        if (message.hasEpochOpened()) {
            return Optional.of(
                    new Question(message.getAttempt(), message.getEpochOpened().getEpoch(), -1));
        }
        return message.hasBatchLosses()
                ? Optional.of(new Question(
                        message.getAttempt(),
                        message.getBatchLosses().getEpoch(),
                        message.getBatchLosses().getBatch()))
                : Optional.empty();
    }

    /** Returns the question that a mask answers. */
    public static Optional<Question> of(MaskMessage message) {
        if (message.hasEpochMask()) {
            return Optional.of(
                    new Question(message.getAttempt(), message.getEpochMask().getEpoch(), -1));
        }
        return message.hasBatchMask()
                ? Optional.of(new Question(
                        message.getAttempt(),
                        message.getBatchMask().getEpoch(),
                        message.getBatchMask().getBatch()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "epoch " + epoch + (batch < 0 ? "" : ", batch " + batch) + " of attempt " + attempt;
    }
}
