package org.dietsb.selector.mask;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.RunId;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/**
 * Answers the messages of one partition of batch-losses in their order. The answers are a function of these messages, of the score
 * sets and of the recorded masks. Messages that another selector has answered are replayed, from its {@link Attempts#rebuildFrom} on. One
 * thread.
 */
final class MaskAnswers {
    private final JudgeContext context;
    final Attempts attempts;
    final DueReports reports;
    final OnePartition onePartition;
    private final ProxyPairs pairs;
    private final StateTransfer states;

    MaskAnswers(Sources sources, SelectorConfig config, Room room, Decisions decisions, SelectorMeters meters) {
        this.context = new JudgeContext(sources, config, room, decisions, meters);
        this.attempts = new Attempts(context);
        this.reports = new DueReports(attempts);
        this.onePartition = new OnePartition(attempts, context);
        this.pairs = new ProxyPairs(attempts, sources);
        this.states = new StateTransfer(attempts, pairs, context);
    }

    /** Parses the value of a record of batch-losses. */
    static LossMessage parse(byte @Nullable [] value) throws PoisonException {
        if (value == null) {
            throw new PoisonException("a message without a value");
        }
        try {
            return LossMessage.parseFrom(value);
        } catch (InvalidProtocolBufferException unreadable) {
            boolean some = unreadable.getUnfinishedMessage() instanceof LossMessage;
            throw new PoisonException(
                    "unparseable: " + unreadable.getMessage(),
                    some ? (LossMessage) unreadable.getUnfinishedMessage() : LossMessage.getDefaultInstance());
        }
    }

    /** Number of runs that are held. */
    int runs() {
        return attempts.runs().size();
    }

    /** Bytes reserved for the losses of the runs, and for states that arrive of runs that are not held yet. */
    long lossBytes() {
        return attempts.runs().stream().mapToLong(run -> run.losses.reserved()).sum() + states.lossBytes(false);
    }

    /** Bytes that the runs take besides. */
    long otherBytes() {
        return attempts.runs().stream().mapToLong(Room::bytesBesidesLosses).sum();
    }

    /** Bytes of states that arrive of runs that are held, and so are there twice. */
    long arrivingBytes() {
        return states.lossBytes(true);
    }

    /**
     * Returns the records of epochs and runs that have ended since the last call. Those of a replay are among them: the selector
     * that answered before may not have stored them, and a record that is stored twice is the same.
     */
    List<MaskRecord> takeRecords() {
        List<MaskRecord> taken = List.copyOf(context.records);
        context.records.clear();
        return taken;
    }

    /** Takes in a message that another selector has answered, or should have. Missing answers are in {@link #lastAnswers}. */
    void replay(LossMessage message, long offset, long atMillis) throws PoisonException {
        context.setReplaying(true);
        try {
            var unused = answer(message, offset, atMillis);
        } finally {
            context.setReplaying(false);
        }
    }

    /** Returns, after the replay, what trainers may still wait for, as it was answered or would have been. */
    List<MaskMessage> lastAnswers() {
        List<MaskMessage> again = new ArrayList<>();
        attempts.runs().forEach(run -> again.addAll(run.takeLastAnswers()));
        again.addAll(attempts.takeLastAnswers());
        states.dropStrays();
        return again;
    }

    /**
     * Returns the answers to a message, which may also be to other runs.
     *
     * @param atMillis timestamp of the message: time is that of the log
     */
    List<MaskMessage> answer(LossMessage message, long offset, long atMillis) throws PoisonException {
        String runId = message.getRunId();
        if (!RunId.isValid(runId)) {
            throw new PoisonException("run_id is '" + runId + "', allowed is " + RunId.SYNTAX);
        }
        if (message.getEventCase() == LossMessage.EventCase.EVENT_NOT_SET) {
            throw new PoisonException(
                    "a message without an event that this selector knows: a newer trainer needs a newer selector");
        }
        if (attempts.forgetIfSilent(runId, atMillis)) {
            states.drop(runId);
        }
        if (message.hasAttemptOpened()) {
            open(runId, message.getAttemptOpened(), offset, atMillis);
            return List.of();
        }
        RunState run = attempts.find(runId);
        if (run == null || message.getAttempt() != run.attempt) {
            return answerStray(message, offset, atMillis);
        }
        run.heard(atMillis);
        try {
            List<MaskMessage> answers = noted(run, message, answer(run, message, offset, atMillis));
            return message.hasBatchSpan() ? Spans.together(answers) : answers;
        } finally {
            if (context.isReplaying() && run.losses.lacksRoom()) {
                attempts.giveUp(run, message);
            }
        }
    }

    /** Notes answers, which the trainers may have to be sent again. */
    private List<MaskMessage> noted(RunState run, LossMessage message, List<MaskMessage> answers) {
        run.noteAnswers(
                message,
                answers.stream()
                        .filter(answer -> answer.getRunId().equals(run.id))
                        .toList());
        return notedLate(answers, run.id);
    }

    private List<MaskMessage> notedLate(List<MaskMessage> answers, String except) {
        for (MaskMessage answer : answers) {
            RunState other = attempts.find(answer.getRunId());
            if (other != null && other.attempt == answer.getAttempt() && !other.id.equals(except)) {
                other.noteLateAnswer(answer);
            }
        }
        return answers;
    }

    /**
     * Returns the masks of runs whose proxies have ended: the records of these may have arrived since. With them, refusals of what these
     * runs wrote to other partitions.
     */
    List<MaskMessage> overdue() {
        List<MaskMessage> due = new ArrayList<>(pairs.overdue());
        due.addAll(onePartition.takeRefusals());
        return notedLate(due, "");
    }

    /**
     * Refuses the attempt of a message that cannot be used.
     *
     * @param key of its record, which names the run if the message does not
     * @param live whether the refusal is sent now
     * @return the refusal; empty if neither names a run
     */
    List<MaskMessage> refuse(LossMessage poison, @Nullable String key, long offset, String reason, boolean live) {
        LossMessage message = !poison.getRunId().isEmpty() || key == null
                ? poison
                : poison.toBuilder().setRunId(key).build();
        RunState run = attempts.find(message.getRunId());
        if (run != null && run.attempt == 0 && !Answer.namesAttempt(message)) {
            // A refusal of attempt 0, which the message may not be of, would end that.
            return List.of();
        }
        context.setReplaying(!live);
        try {
            return Answer.refused(message, offset, reason)
                    .map(refusal -> notedLate(List.of(refusal), ""))
                    .orElse(List.of());
        } finally {
            context.setReplaying(false);
        }
    }

    /** Drops the run of a message that may have been applied in part. */
    void drop(LossMessage message, boolean live) {
        RunState run = attempts.find(message.getRunId());
        if (run != null && (message.hasAttemptOpened() || run.attempt == message.getAttempt())) {
            attempts.drop(run.id);
            if (!live) {
                attempts.noteStray(message);
            }
        }
    }

    private void open(String runId, AttemptOpened opened, long offset, long atMillis) throws PoisonException {
        attempts.noteOpening(runId, offset);
        states.check(opened);
        attempts.check(runId, opened);
        onePartition.checkOpening(runId);
        if (attempts.open(runId, opened, offset, atMillis)) {
            states.drop(runId);
        }
    }

    private List<MaskMessage> answer(RunState run, LossMessage message, long offset, long atMillis)
            throws PoisonException {
        List<MaskMessage> answers =
                switch (message.getEventCase()) {
                    case EPOCH_OPENED -> {
                        states.requireWhole(run);
                        yield run.openEpoch(message.getEpochOpened());
                    }
                    case BATCH_LOSSES -> pairs.announced(run, run.checks.batch(message.getBatchLosses()));
                    case BATCH_SPAN -> pairs.announced(run, run.checks.span(message.getBatchSpan()));
                    case TRAINED_LOSSES -> {
                        run.trained(List.of(run.checks.step(message.getTrainedLosses())));
                        yield List.of();
                    }
                    case TRAINED_STEPS -> {
                        run.trained(run.checks.steps(message.getTrainedSteps()));
                        yield List.of();
                    }
                    case ATTEMPT_CLOSED -> {
                        run.checks.end(message.getAttemptClosed());
                        run.close(message.getAttemptClosed());
                        reports.ends(run, atMillis);
                        attempts.close(run, atMillis);
                        yield pairs.letGoByEndOf(run);
                    }
                    case STATE_REQUESTED -> run.state(message.getStateRequested());
                    case STATE_GIVEN -> states.take(run, message, offset, atMillis);
                    case ATTEMPT_OPENED, EVENT_NOT_SET -> throw new IllegalStateException("handled by the caller");
                };
        // Only after the answer: a poisonous message between two parts of a state does not interrupt it.
        if (!message.hasStateGiven()) {
            states.drop(run.id);
        }
        return answers;
    }

    /** Answers an attempt that is not held. */
    private List<MaskMessage> answerStray(LossMessage message, long offset, long atMillis) throws PoisonException {
        boolean replaying = context.isReplaying();
        if (replaying && message.hasStateGiven() && attempts.isNewest(message)) {
            // From here on the run can be rebuilt.
            return states.take(null, message, offset, atMillis);
        }
        if (!replaying) {
            attempts.checkNumber(message);
        }
        onePartition.check(message, offset);
        attempts.noteEnd(message, offset, atMillis);
        if (replaying) {
            attempts.noteStray(message);
        }
        return attempts.answerToStray(message);
    }
}
