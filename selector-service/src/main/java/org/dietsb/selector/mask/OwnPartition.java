package org.dietsb.selector.mask;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A partition of batch-losses that this selector answers. First its runs are rebuilt: what is there at the takeover is replayed
 * from the committed offset on. Then it is live. One thread, but for {@link #isLive}.
 */
final class OwnPartition {
    final TopicPartition place;
    final MaskAnswers answers;
    private final long sinceNanos = System.nanoTime();
    private boolean reading;
    private long readFrom;
    private long replayUntil;
    private long answeredBefore;
    private long committed;
    private volatile boolean live;

    OwnPartition(TopicPartition place, MaskAnswers answers) {
        this.place = place;
        this.answers = answers;
    }

    /**
     * It is known what to replay.
     *
     * @param before what was committed of it; null if nothing ever was
     * @param first offset there is
     * @param end offset after the last there is
     */
    void read(@Nullable OffsetAndMetadata before, long first, long end) {
        readFrom = before == null || before.offset() > end ? first : Math.max(before.offset(), first);
        replayUntil = end;
        answeredBefore = before == null ? first : answeredBefore(before);
        committed = readFrom;
        reading = true;
    }

    private static long answeredBefore(OffsetAndMetadata before) {
        String position = before.metadata();
        return position.matches("[0-9]{1,18}") ? Long.parseLong(position) : before.offset();
    }

    /** Whether it is known what to replay. */
    boolean isReading() {
        return reading;
    }

    /** Whether all is replayed. */
    boolean isLive() {
        return live;
    }

    void live() {
        live = true;
    }

    /** Where the replay begins. */
    long readFrom() {
        return readFrom;
    }

    /** What lies before this offset is replayed. */
    long replayUntil() {
        return replayUntil;
    }

    /** What lies before this offset was answered, and its dead letters written, by whoever had the partition before. */
    long answeredBefore() {
        return answeredBefore;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    /**
     * The lowest offset from which its runs can be rebuilt, never lower than before; how far it is answered as metadata.
     *
     * @param position up to which all is answered, and the answers are stored
     */
    OffsetAndMetadata toCommit(long position) {
        committed = Math.max(committed, answers.rebuildFrom().orElse(position));
        return new OffsetAndMetadata(committed, Long.toString(position));
    }
}
