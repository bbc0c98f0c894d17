package org.dietsb.selector.mask;

import java.util.BitSet;

/** Counts what is answered live; while messages are replayed, counts nothing. One thread. */
final class AnswerMeters {
    private final SelectorMeters meters;
    private boolean replaying;

    AnswerMeters(SelectorMeters meters) {
        this.meters = meters;
    }

    boolean isReplaying() {
        return replaying;
    }

    void setReplaying(boolean now) {
        replaying = now;
    }

    /** A batch of {@code size} examples was judged by a policy of this kind. */
    void judged(String kind, float[] losses, BitSet selected, int size) {
        if (!replaying) {
            meters.judged(kind, losses, selected, size);
        }
    }

    /** A diet left out this many examples of an epoch. */
    void dieted(int examples) {
        if (!replaying) {
            meters.dieted(examples);
        }
    }

    /** A message of a replaced attempt was fenced. */
    void fenced() {
        if (!replaying) {
            meters.fenced();
        }
    }

    /** The masks that a run replays were missing. */
    void replayMissed() {
        if (!replaying) {
            meters.replayMissed();
        }
    }
}
