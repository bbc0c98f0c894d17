package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a run's trainer may still wait for, or ask for again: the masks of a window, that of the epoch, and the state if
 * the request for it was the last message. One thread.
 */
final class LastAnswers {
    private final Window<MaskMessage> ofBatches;
    /** What was announced last, by place: a digest of the batch. */
    private final Map<Long, Integer> announced;

    private @Nullable OpenedEpoch opened;
    private List<MaskMessage> ofEpoch = List.of();
    private @Nullable StateRequested stateRequested;
    /** Whether something was noted while messages were replayed, and so not sent. */
    private boolean unsent;

    private record OpenedEpoch(int epoch, long revision, boolean whole, Policy policy) {}

    /** Creates one for a trainer with this window; 0 if the trainer does not say. */
    LastAnswers(int window) {
        this.ofBatches = new Window<>(window);
        this.announced = new Latest<>(Window.size(window));
    }

    /** Returns the mask of an epoch, or its parts, if exactly the same was asked last; none if not. */
    List<MaskMessage> toSame(EpochOpened epoch, Policy policy) {
        OpenedEpoch asked = asked(epoch, policy);
        if (!asked.equals(opened) || ofEpoch.stream().allMatch(MaskMessage::hasRefused)) {
            opened = asked;
            ofEpoch = List.of();
        }
        return ofEpoch;
    }

    private static OpenedEpoch asked(EpochOpened epoch, Policy policy) {
        return new OpenedEpoch(epoch.getEpoch(), epoch.getRevision(), epoch.getWhole(), policy);
    }

    /** Notes that a batch is announced; returns whether exactly the same was announced before, and lately. */
    boolean announced(Announced batch) {
        Integer digest = digest(batch);
        return digest.equals(announced.put(place(batch), digest));
    }

    /** Whether exactly this batch was announced before, and lately. */
    boolean isSame(Announced batch) {
        return digest(batch).equals(announced.get(place(batch)));
    }

    private static Integer digest(Announced batch) {
        var message = batch.message();
        return 31
                        * (31 * message.getIndicesList().hashCode()
                                + message.getLossesList().hashCode())
                + (Boolean.hashCode(message.getWhole()) + 31 * Long.hashCode(message.getRevision()))
                + batch.policy().hashCode();
    }

    /** Returns the mask of this batch; null if it is not kept. */
    @Nullable
    MaskMessage mask(Announced batch) {
        return ofBatches.stream()
                .filter(answer -> answer.hasBatchMask()
                        && answer.getBatchMask().getEpoch() == batch.epoch()
                        && answer.getBatchMask().getBatch() == batch.batch())
                .findFirst()
                .orElse(null);
    }

    private static long place(Announced batch) {
        return Pairing.place(batch.epoch(), batch.batch());
    }

    /** Notes a message of the run and the answers to it. */
    @SuppressWarnings("ReferenceEquality") // The answer to a repeated question is the same object.
    void note(LossMessage message, List<MaskMessage> answers, boolean sent) {
        unsent |= !sent;
        stateRequested = message.hasStateRequested() ? message.getStateRequested() : null;
        if (message.hasEpochOpened() && !answers.isEmpty()) {
            ofEpoch = answers;
        } else if (message.hasBatchLosses() || message.hasBatchSpan()) {
            answers.stream()
                    .filter(answer -> ofBatches.stream().noneMatch(before -> before == answer))
                    .forEach(ofBatches::add);
        }
    }

    /** Notes the answer to an earlier batch, which had to wait, or a refusal. */
    void noteLate(MaskMessage answer, boolean sent) {
        unsent |= !sent;
        ofBatches.add(answer);
    }

    /** Returns the request for the state; null unless it was the last message. */
    @Nullable
    StateRequested stateRequested() {
        return stateRequested;
    }

    /** Returns, once, the masks of batches in order, then that of the last epoch, if they were not all sent. */
    List<MaskMessage> takeUnsent() {
        if (!unsent) {
            return List.of();
        }
        unsent = false;
        List<MaskMessage> all = new ArrayList<>(ofBatches);
        all.addAll(ofEpoch);
        return all;
    }

    /** Whether answers were noted that were not sent. */
    boolean hasUnsent() {
        return unsent;
    }
}
