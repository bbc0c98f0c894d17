package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SpanMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;

/** Batches that are announced in one message, their masks in one message, and steps that are reported in one. */
final class Spans {
    /** Maximum number of examples of a span of several batches: its indices fit into a message. */
    private static final int MOST_EXAMPLES = 100_000;

    private Spans() {}

    /** Returns the first batch; an empty one if there is none. */
    static BatchLosses first(BatchSpan span) {
        return span.getBatchesCount() == 0 ? BatchLosses.getDefaultInstance() : span.getBatches(0);
    }

    /** Returns the first step; an empty one if there is none. */
    static TrainedLosses first(TrainedSteps steps) {
        return steps.getStepsCount() == 0 ? TrainedLosses.getDefaultInstance() : steps.getSteps(0);
    }

    /**
     * Checks that steps can be reported together.
     *
     * @param window maximum number of steps
     */
    static void check(TrainedSteps steps, int window) throws PoisonException {
        int count = steps.getStepsCount();
        if (count < 1 || count > window) {
            throw new PoisonException(count + " steps, allowed are [1, " + window + "], the window");
        }
        long examples = steps.getStepsList().stream()
                .mapToLong(TrainedLosses::getIndicesCount)
                .sum();
        if (count > 1 && examples > MOST_EXAMPLES) {
            throw new PoisonException(
                    "steps of " + examples + " examples, allowed are at most " + MOST_EXAMPLES + ", or one step");
        }
    }

    /**
     * Checks that batches can be announced together.
     *
     * @param window maximum number of batches
     */
    static void check(BatchSpan span, int window) throws PoisonException {
        int count = span.getBatchesCount();
        if (count < 1 || count > window) {
            throw new PoisonException("a span of " + count + " batches, allowed is [1, " + window + "], the window");
        }
        BatchLosses first = span.getBatches(0);
        long examples = 0;
        for (int i = 0; i < count; i++) {
            BatchLosses batch = span.getBatches(i);
            examples += batch.getIndicesCount();
            if (batch.getEpoch() != first.getEpoch()
                    || batch.getBatch() != first.getBatch() + i
                    || batch.getRevision() != first.getRevision()
                    || (i > 0 && batch.hasPolicy())) {
                throw new PoisonException("batch " + i
                        + " of a span does not follow the one before, or has another epoch or revision, or a policy");
            }
            if (batch.getLossesCount() > 0) {
                throw new PoisonException("batch " + i + " of a span has losses, allowed are none");
            }
        }
        if (count > 1 && examples > MOST_EXAMPLES) {
            throw new PoisonException(
                    "a span of " + examples + " examples, allowed is at most " + MOST_EXAMPLES + ", or one batch");
        }
    }

    /** Returns the same answers, with consecutive masks to one attempt in one message. */
    static List<MaskMessage> together(List<MaskMessage> answers) {
        List<MaskMessage> messages = new ArrayList<>();
        List<BatchMask> masks = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            MaskMessage answer = answers.get(i);
            if (!answer.hasBatchMask()) {
                messages.add(answer);
                continue;
            }
            masks.add(answer.getBatchMask());
            if (i + 1 == answers.size() || !isToSameAttempt(answer, answers.get(i + 1))) {
                messages.add(
                        masks.size() == 1
                                ? answer
                                : Answer.to(answer.getRunId(), answer.getAttempt())
                                        .setSpanMask(SpanMask.newBuilder().addAllMasks(masks))
                                        .build());
                masks.clear();
            }
        }
        return messages;
    }

    private static boolean isToSameAttempt(MaskMessage mask, MaskMessage next) {
        return next.hasBatchMask() && next.getRunId().equals(mask.getRunId()) && next.getAttempt() == mask.getAttempt();
    }
}
