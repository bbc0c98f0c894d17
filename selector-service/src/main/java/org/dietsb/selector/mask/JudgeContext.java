package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskRecord;

/** What all runs of a partition are judged with. One thread. */
final class JudgeContext {
    final SelectorConfig config;
    final Sources sources;
    final Room room;
    /** What is to be stored of epochs and runs that have ended. */
    final List<MaskRecord> records = new ArrayList<>();

    private final SelectorMeters meters;
    private boolean replaying;

    JudgeContext(Sources sources, SelectorConfig config, Room room, SelectorMeters meters) {
        this.sources = sources;
        this.config = config;
        this.room = room;
        this.meters = meters;
    }

    /** Whether messages are being replayed, which another selector has counted. */
    boolean isReplaying() {
        return replaying;
    }

    void setReplaying(boolean now) {
        replaying = now;
    }

    /** Updates the meters, except while messages are replayed. */
    void count(Consumer<SelectorMeters> update) {
        if (!replaying) {
            update.accept(meters);
        }
    }
}
