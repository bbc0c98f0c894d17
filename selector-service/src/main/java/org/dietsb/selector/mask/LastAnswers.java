package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a run's trainer may still wait for when another selector has taken over: the masks of a window, that of the
 * epoch, and the state if the request for it was the last message. One thread.
 */
final class LastAnswers {
    private final Window<MaskMessage> ofBatches;
    private @Nullable MaskMessage ofEpoch;
    private @Nullable StateRequested stateRequested;

    /** Creates one for a trainer with this window; 0 if the trainer does not say. */
    LastAnswers(int window) {
        this.ofBatches = new Window<>(window);
    }

    /** Notes a message of the run and the answers to it. */
    void note(LossMessage message, List<MaskMessage> answers) {
        stateRequested = message.hasStateRequested() ? message.getStateRequested() : null;
        if (message.hasEpochOpened() && !answers.isEmpty()) {
            ofEpoch = answers.get(0);
        } else if (message.hasBatchLosses()) {
            answers.forEach(ofBatches::add);
        }
    }

    /** Notes the answer to an earlier batch, which had to wait. */
    void noteLate(MaskMessage mask) {
        ofBatches.add(mask);
    }

    /** Returns the masks of batches in order, then that of the last epoch. The state, which may be large, is made anew. */
    List<MaskMessage> masks() {
        List<MaskMessage> all = new ArrayList<>(ofBatches);
        if (ofEpoch != null) {
            all.add(ofEpoch);
        }
        return all;
    }

    /** Returns the request for the state; null unless it was the last message. */
    @Nullable
    StateRequested stateRequested() {
        return stateRequested;
    }
}
