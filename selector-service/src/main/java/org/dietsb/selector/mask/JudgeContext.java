package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskRecord;

/** What all runs of a partition are judged with. One thread. */
final class JudgeContext {
    final SelectorConfig config;
    final Sources sources;
    final Room room;
    final Decisions decisions;
    /** What is to be stored of epochs and runs that have ended. */
    final List<MaskRecord> records = new ArrayList<>();
    /** For the examples of one batch at a time. */
    final Marks marks = new Marks();

    private final SelectorMeters meters;
    private boolean replaying;

    JudgeContext(Sources sources, SelectorConfig config, Room room, Decisions decisions, SelectorMeters meters) {
        this.sources = sources;
        this.config = config;
        this.room = room;
        this.decisions = decisions;
        this.meters = meters;
    }

    /** Whether messages are being replayed, which another selector has counted. */
    boolean isReplaying() {
        return replaying;
    }

    void setReplaying(boolean now) {
        replaying = now;
    }

    /** Makes a decision and records how long it takes. On any thread. */
    <T> T timed(Callable<T> decision) throws Exception {
        return meters.timeDecision(decision);
    }

    /** Updates the meters, except while messages are replayed. */
    void count(Consumer<SelectorMeters> update) {
        if (!replaying) {
            update.accept(meters);
        }
    }
}
