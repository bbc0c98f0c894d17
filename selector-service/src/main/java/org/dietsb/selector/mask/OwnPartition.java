package org.dietsb.selector.mask;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.RareLines;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A partition of batch-losses that this selector answers. First its runs are rebuilt: the messages from the committed offset to the
 * end at the takeover are replayed. Then it is live. Whatever is wrong with a message, and whatever error it causes, is that message's
 * fault alone. One thread, except for {@link #isLive}.
 */
final class OwnPartition {
    private static final Logger LOG = Logger.getLogger(OwnPartition.class);
    private static final RareLines UNEXPECTED = new RareLines(LOG, Logger.Level.ERROR);
    /** Maximum bytes of messages that wait for look-ups. */
    private static final long MOST_PARKED =
            Math.max(4L << 20, Runtime.getRuntime().maxMemory() / 64);

    final TopicPartition place;
    final MaskAnswers answers;
    /** The time of the assignment. */
    final long sinceNanos = System.nanoTime();
    /** The offset at which the replay begins. */
    long readFrom;
    /** The offset before which messages are replayed. */
    long replayUntil;

    private final DeadLetters.Of deadLetters;
    private final SelectorMeters meters;
    /** The offset before which the previous owner has answered all messages and written all dead letters. */
    private long answeredBefore;

    private boolean reading;
    private long committed;
    private volatile boolean live;
    /** The latest timestamp of the log, and when it was read: the time of the log goes on from there. */
    private long logMillis;

    private long logNanos;
    /** Messages that wait for a look-up or a decision, and those of the same attempt behind them, by run. */
    private final Map<String, Deque<Received>> parked = new HashMap<>();

    private long parkedBytes;
    /** Whether more answers to a message are there at once. */
    private boolean sending;

    private record Received(ConsumerRecord<String, byte[]> record, LossMessage message, long atNanos) {
        Received(ConsumerRecord<String, byte[]> record, LossMessage message) {
            this(record, message, System.nanoTime());
        }

        int bytes() {
            return message.getSerializedSize();
        }
    }

    OwnPartition(TopicPartition place, MaskAnswers answers, DeadLetters.Of deadLetters, SelectorMeters meters) {
        this.place = place;
        this.answers = answers;
        this.deadLetters = deadLetters;
        this.meters = meters;
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

    /** Whether a message has more answers, which are due at once. */
    boolean isSending() {
        return sending;
    }

    /** Gives up what is being decided or sent: this partition is answered elsewhere, or anew. */
    void giveUp() {
        answers.attempts.runs().forEach(RunState::giveUp);
    }

    /** Whether messages wait for look-ups or decisions. */
    boolean isWaiting() {
        return !parked.isEmpty();
    }

    /** Returns the time by the timestamps of the log: that of the latest message, and the time since it was read; 0 before the first. */
    long logMillis() {
        return logMillis == 0 ? 0 : logMillis + (System.nanoTime() - logNanos) / 1_000_000;
    }

    /**
     * Returns the answers to a message; none while it is replayed, or while it waits for a look-up.
     *
     * @throws PendingException if it is to be replayed again, because a look-up is not finished
     */
    List<MaskMessage> receive(ConsumerRecord<String, byte[]> record) {
        if (record.timestamp() > logMillis()) {
            logMillis = record.timestamp();
            logNanos = System.nanoTime();
        }
        LossMessage message;
        try {
            message = MaskAnswers.parse(record.value());
        } catch (PoisonException poison) {
            return unusable(new Received(record, poison.readable()), String.valueOf(poison.getMessage()));
        }
        Received received = new Received(record, message);
        Deque<Received> before = parked.get(message.getRunId());
        if (before != null && message.hasAttemptOpened()) {
            unpark(message.getRunId());
        } else if (before != null && before.element().message.getAttempt() == message.getAttempt()) {
            return park(received, before);
        }
        try {
            return answer(received);
        } catch (PendingException notYet) {
            if (!live) {
                throw notYet;
            }
            Deque<Received> waiting = new ArrayDeque<>();
            parked.put(message.getRunId(), waiting);
            List<MaskMessage> due = new ArrayList<>(notYet.first());
            due.addAll(park(received, waiting));
            return due;
        }
    }

    private List<MaskMessage> park(Received received, Deque<Received> waiting) {
        if (parkedBytes + received.bytes() > MOST_PARKED) {
            unpark(received.message.getRunId());
            answers.drop(received.message, live);
            return unusable(
                    received, "more than " + MOST_PARKED + " bytes of messages wait for look-ups and decisions");
        }
        parkedBytes += received.bytes();
        waiting.add(received);
        return List.of();
    }

    private void unpark(String runId) {
        Deque<Received> waiting = parked.remove(runId);
        if (waiting != null) {
            parkedBytes -= waiting.stream().mapToLong(Received::bytes).sum();
        }
    }

    /** Returns the answers to messages whose look-ups are finished by now, and to those behind them. */
    List<MaskMessage> answerParked() {
        List<MaskMessage> due = new ArrayList<>();
        sending = false;
        for (Iterator<Deque<Received>> runs = parked.values().iterator(); runs.hasNext(); ) {
            Deque<Received> waiting = runs.next();
            try {
                while (!waiting.isEmpty()) {
                    due.addAll(answer(waiting.element()));
                    parkedBytes -= waiting.remove().bytes();
                }
                runs.remove();
            } catch (PendingException notYet) {
                sending |= !notYet.first().isEmpty();
                due.addAll(notYet.first());
            }
        }
        return due;
    }

    private List<MaskMessage> answer(Received received) {
        ConsumerRecord<String, byte[]> record = received.record;
        try {
            if (!live) {
                answers.replay(received.message, record.offset(), record.timestamp());
                meters.replayed();
                return List.of();
            }
            List<MaskMessage> due = answers.answer(received.message, record.offset(), record.timestamp());
            if (!due.isEmpty()) {
                meters.answered(received.atNanos);
            }
            return due;
        } catch (PoisonException poison) {
            return unusable(received, String.valueOf(poison.getMessage()));
        } catch (PendingException | KafkaException later) {
            throw later;
        } catch (RuntimeException | Error unexpected) {
            // It may be half applied.
            answers.drop(received.message, live);
            UNEXPECTED.log(() -> "A message of run " + record.key() + " could not be answered", unexpected);
            return unusable(received, "unexpected: " + unexpected);
        }
    }

    /** Writes a dead letter, once, and returns the refusal if it can be told whose it is. */
    private List<MaskMessage> unusable(Received received, String reason) {
        long offset = received.record.offset();
        if (offset >= answeredBefore) {
            deadLetters.add(received.record, reason);
        }
        List<MaskMessage> refusal = answers.refuse(received.message, received.record.key(), offset, reason, live);
        return live ? refusal : List.of();
    }

    /**
     * Returns the lowest offset from which the runs can be rebuilt, never lower than before, with the position as metadata.
     *
     * @param position offset before which all messages are answered and the answers stored, or parked
     */
    OffsetAndMetadata toCommit(long position) {
        long answered = parked.values().stream()
                .mapToLong(waiting -> waiting.element().record.offset())
                .reduce(position, Math::min);
        committed = Math.max(committed, answers.attempts.rebuildFrom().orElse(answered));
        return new OffsetAndMetadata(committed, Long.toString(answered));
    }
}
