package org.dietsb.selector.mask;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A partition of batch-losses that this selector answers. First its runs are rebuilt: the messages from the committed offset to the
 * end at the takeover are replayed. Then it is live. One thread, except for {@link #isLive}.
 */
final class OwnPartition {
    final TopicPartition place;
    final MaskAnswers answers;
    /** The time of the assignment. */
    final long sinceNanos = System.nanoTime();
    /** The offset at which the replay begins. */
    long readFrom;
    /** The offset before which messages are replayed. */
    long replayUntil;
    /** The offset before which the previous owner has answered all messages and written all dead letters. */
    long answeredBefore;

    private boolean reading;
    private long committed;
    private volatile boolean live;

    OwnPartition(TopicPartition place, MaskAnswers answers) {
        this.place = place;
        this.answers = answers;
    }

    /**
     * Sets what is replayed.
     *
     * @param before the committed offset; null if there is none
     * @param first the first offset of the partition
     * @param end the offset after its last message
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

    /** Whether it is known what is replayed. */
    boolean isReading() {
        return reading;
    }

    /** Whether everything is replayed. */
    boolean isLive() {
        return live;
    }

    void live() {
        live = true;
    }

    /**
     * Returns the lowest offset from which the runs can be rebuilt, never lower than before, with the position as metadata.
     *
     * @param position offset before which all messages are answered and the answers stored
     */
    OffsetAndMetadata toCommit(long position) {
        committed = Math.max(committed, answers.attempts.rebuildFrom().orElse(position));
        return new OffsetAndMetadata(committed, Long.toString(position));
    }
}
