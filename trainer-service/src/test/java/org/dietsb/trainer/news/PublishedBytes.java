package org.dietsb.trainer.news;

import java.util.function.Consumer;
import org.dietsb.trainer.wire.RunEvent;

/** Counts the bytes of keys and values that the states of a run take on topic run-events, as they are written and if each was written whole. */
public final class PublishedBytes implements Consumer<Run> {
    private final RunNews news = new RunNews();
    private long states;
    private long messages;
    private long bytes;
    private long ifWhole;

    @Override
    public void accept(Run run) {
        states++;
        ifWhole += RunEvent.newBuilder().setRun(RunWire.toWire(run)).build().getSerializedSize()
                + RunNews.key(run).length();
        news.of(run).forEach((key, event) -> {
            messages++;
            bytes += key.length() + event.getSerializedSize();
        });
        if (run.state().isOver()) {
            news.passing().forEach(key -> {
                messages++;
                bytes += key.length();
            });
        }
    }

    /** Keys and values that are written. */
    public long bytes() {
        return bytes;
    }

    /** Keys and values if each state was written whole. */
    public long ifWhole() {
        return ifWhole;
    }

    @Override
    public String toString() {
        return "%,d states in %,d messages of %,d bytes; each written whole: %,d bytes"
                .formatted(states, messages, bytes, ifWhole);
    }
}
