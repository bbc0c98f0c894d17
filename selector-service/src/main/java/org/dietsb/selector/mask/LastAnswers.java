package org.dietsb.selector.mask;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/**
 * What a run's trainer may still wait for when another selector has taken over: the masks of a window, that of the epoch, the
 * state if nothing was said since it was asked for. Bounded by these. One thread.
 */
final class LastAnswers {
    /** The largest window a trainer may have. */
    static final int MOST_MASKS = 64;

    private final int window;
    private final Deque<MaskMessage> ofBatches = new ArrayDeque<>();
    private @Nullable MaskMessage ofEpoch;
    private @Nullable StateRequested stateRequested;

    /** Of a trainer that has so many batches under way at most; 0 where it does not tell. */
    LastAnswers(int window) {
        this.window = window < 1 || window > MOST_MASKS ? MOST_MASKS : window;
    }

    /** A message of the run, and the answers to it. */
    void note(LossMessage message, List<MaskMessage> answers) {
        stateRequested = message.hasStateRequested() ? message.getStateRequested() : null;
        if (message.hasEpochOpened() && !answers.isEmpty()) {
            ofEpoch = answers.get(0);
        } else if (message.hasBatchLosses()) {
            ofBatches.addAll(answers);
            while (ofBatches.size() > window) {
                ofBatches.remove();
            }
        }
    }

    /** The answer to an earlier batch, which waited. */
    void noteLate(MaskMessage mask) {
        ofBatches.add(mask);
        while (ofBatches.size() > window) {
            ofBatches.remove();
        }
    }

    /** Those to batches in order, then that to the last EpochOpened. The state, which may be large, is not kept but made again. */
    List<MaskMessage> masks() {
        List<MaskMessage> all = new ArrayList<>(ofBatches);
        if (ofEpoch != null) {
            all.add(ofEpoch);
        }
        return all;
    }

    /** The request for the state, if it was the last that was said. */
    @Nullable
    StateRequested stateRequested() {
        return stateRequested;
    }
}
