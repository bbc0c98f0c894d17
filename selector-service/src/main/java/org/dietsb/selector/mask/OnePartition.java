package org.dietsb.selector.mask;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;

/**
 * Holds the rule that all messages of a run lie on one partition. Messages on another one are rejected, and the partition that holds the run
 * sends the refusal. While messages are replayed, other partitions are not asked. One thread.
 */
final class OnePartition {
    private static final int MOST_REFUSALS = 100;
    private static final String ELSEWHERE =
            "partition: the run's AttemptOpened lies on another one, allowed is the same for all messages and attempts of a run";

    private final Attempts attempts;
    private final JudgeContext context;
    /** Refusals of messages on other partitions, by run; the latest. */
    private final Map<String, MaskMessage> refusals = new Latest<>(MOST_REFUSALS);

    OnePartition(Attempts attempts, JudgeContext context) {
        this.attempts = attempts;
        this.context = context;
    }

    /** Rejects a new attempt of a run that another partition holds. */
    void checkOpening(String runId) throws PoisonException {
        if (holder(other -> other.holds(runId)).isPresent()) {
            throw new PoisonException(ELSEWHERE);
        }
    }

    /** Rejects a message of an attempt that another partition holds; that one sends the refusal. */
    void check(LossMessage message, long offset) throws PoisonException {
        Optional<MaskAnswers> holder = holder(other -> other.holds(message));
        if (holder.isPresent()) {
            Answer.refused(message, offset, ELSEWHERE)
                    .ifPresent(refusal -> holder.get().onePartition.refusals.put(message.getRunId(), refusal));
            throw new PoisonException(ELSEWHERE);
        }
    }

    private Optional<MaskAnswers> holder(Predicate<Attempts> holds) {
        return context.isReplaying()
                ? Optional.empty()
                : context.room
                        .holders()
                        .get()
                        .filter(other -> other.attempts != attempts && holds.test(other.attempts))
                        .findFirst();
    }

    /** Returns the refusals of what runs that are held here wrote to other partitions, since the last call. */
    List<MaskMessage> takeRefusals() {
        List<MaskMessage> taken = List.copyOf(refusals.values());
        refusals.clear();
        return taken;
    }
}
