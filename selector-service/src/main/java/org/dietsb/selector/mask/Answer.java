package org.dietsb.selector.mask;

import java.util.Optional;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.Unknown;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/** Builds answers to attempts. */
final class Answer {
    /** Maximum number of characters of a reason, which may quote the message. */
    private static final int LONGEST_REASON = 1_000;
    /** Maximum number of characters of a malformed run id that is answered. */
    private static final int LONGEST_ID = 200;

    private Answer() {}

    /** Returns an answer to this attempt that says nothing yet. */
    static MaskMessage.Builder to(String runId, long attempt) {
        return MaskMessage.newBuilder().setRunId(runId).setAttempt(attempt);
    }

    /** Tells the attempt that it is unknown here: its trainer opens another. */
    static MaskMessage unknown(String runId, long attempt) {
        return to(runId, attempt).setUnknown(Unknown.getDefaultInstance()).build();
    }

    /** Refuses an epoch, or a batch of it. */
    static MaskMessage refused(String runId, long attempt, int epoch, RefusalException refusal) {
        return refused(runId, attempt, epoch, refusal.reason());
    }

    private static MaskMessage refused(String runId, long attempt, int epoch, String reason) {
        String shortened = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
        return to(runId, attempt)
                .setRefused(Refused.newBuilder().setEpoch(epoch).setReason(shortened))
                .build();
    }

    /**
     * Refuses a message that cannot be used; empty if it does not name a run.
     *
     * @param offset of the message
     */
    static Optional<MaskMessage> refused(LossMessage message, long offset, String reason) {
        String runId = message.getRunId();
        if (runId.isEmpty() || runId.length() > LONGEST_ID) {
            return Optional.empty();
        }
        long attempt = message.hasAttemptOpened() ? offset : message.getAttempt();
        return Optional.of(refused(runId, attempt, epoch(message), place(message) + reason));
    }

    /** Whether the message says of which attempt it is: that may be attempt 0, if the message is whole. */
    static boolean namesAttempt(LossMessage message) {
        return message.getAttempt() != 0 || message.getEventCase() != LossMessage.EventCase.EVENT_NOT_SET;
    }

    private static int epoch(LossMessage message) {
        return switch (message.getEventCase()) {
            case EPOCH_OPENED -> message.getEpochOpened().getEpoch();
            case BATCH_LOSSES -> message.getBatchLosses().getEpoch();
            case BATCH_SPAN -> Spans.first(message.getBatchSpan()).getEpoch();
            case TRAINED_LOSSES -> message.getTrainedLosses().getEpoch();
            case TRAINED_STEPS -> Spans.first(message.getTrainedSteps()).getEpoch();
            case STATE_REQUESTED -> message.getStateRequested().getEpoch();
            case STATE_GIVEN -> message.getStateGiven().getState().getEpoch();
            case ATTEMPT_OPENED, ATTEMPT_CLOSED, EVENT_NOT_SET -> 0;
        };
    }

    private static String place(LossMessage message) {
        String epoch = "epoch " + Integer.toUnsignedString(epoch(message));
        return switch (message.getEventCase()) {
            case EPOCH_OPENED -> epoch + ": ";
            case BATCH_LOSSES ->
                epoch + ", batch "
                        + Integer.toUnsignedString(message.getBatchLosses().getBatch()) + ": ";
            case BATCH_SPAN ->
                epoch + ", batches from "
                        + Integer.toUnsignedString(
                                Spans.first(message.getBatchSpan()).getBatch()) + " on: ";
            case TRAINED_LOSSES -> epoch + ", the losses of a step: ";
            case TRAINED_STEPS -> epoch + ", the losses of steps: ";
            case STATE_REQUESTED, STATE_GIVEN -> epoch + ", the state at a barrier: ";
            case ATTEMPT_OPENED, ATTEMPT_CLOSED, EVENT_NOT_SET -> "";
        };
    }

    /** Refuses what an answer replies to, because the answer cannot be stored; empty if the answer is a refusal itself. */
    static Optional<MaskMessage> unstorable(MaskMessage answer, @Nullable String why) {
        int epoch =
                switch (answer.getAnswerCase()) {
                    case EPOCH_MASK -> answer.getEpochMask().getEpoch();
                    case EPOCH_MASK_PART -> answer.getEpochMaskPart().getEpoch();
                    case BATCH_MASK -> answer.getBatchMask().getEpoch();
                    case SPAN_MASK -> answer.getSpanMask().getMasks(0).getEpoch();
                    case SELECTOR_STATE -> answer.getSelectorState().getEpoch();
                    case FENCED, UNKNOWN, REFUSED, ANSWER_NOT_SET -> 0;
                };
        return epoch == 0
                ? Optional.empty()
                : Optional.of(refused(
                        answer.getRunId(),
                        answer.getAttempt(),
                        epoch,
                        "the answer of " + answer.getSerializedSize() + " bytes cannot be stored: " + why));
    }
}
