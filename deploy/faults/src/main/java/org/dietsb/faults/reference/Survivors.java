package org.dietsb.faults.reference;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Lookups;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/**
 * The messages of topic batch-losses of one run that survive by the rules of the protocol: a message counts if its attempt is
 * the highest opened so far, and an attempt that resumes takes its run back to the barrier whose state it gives. The surviving
 * messages determine the final weights. Every expected answer is computed from the log alone.
 *
 * @param opened the run, as its last attempt opened it
 * @param attempts their numbers, in order
 * @param surviving epochs opened, batches announced and steps reported, in order
 * @param questions place in the log of every question, including those of attempts that did not survive
 * @param answers expected answer to every question
 * @param states expected state at every barrier
 * @param policies every announced policy, by its revision
 * @param late messages of attempts that were not the highest any more, or had never been opened
 * @param complaints contradictions within the log
 */
public record Survivors(
        AttemptOpened opened,
        List<Long> attempts,
        List<Entry<LossMessage>> surviving,
        Map<Question, Entry<LossMessage>> questions,
        Map<Question, MaskMessage> answers,
        Map<Question, LossState> states,
        Map<Long, Policy> policies,
        List<Entry<LossMessage>> late,
        List<String> complaints) {

    /**
     * Reads the messages of one run.
     *
     * @throws IllegalStateException if it has no attempt
     */
    public static Survivors of(List<Entry<LossMessage>> log, Lookups lookups) {
        Reader reader = new Reader(lookups);
        for (Entry<LossMessage> entry : log) {
            try {
                reader.read(entry);
            } catch (RuntimeException impossible) {
                reader.complaints.add("batch-losses@" + entry.offset() + " is impossible: " + impossible.getMessage());
            }
        }
        if (reader.opened == null) {
            throw new IllegalStateException("the run has no attempt");
        }
        return new Survivors(
                reader.opened,
                reader.attempts,
                reader.surviving,
                reader.questions,
                reader.answers,
                reader.states,
                reader.policies,
                reader.late,
                reader.complaints);
    }

    private record Barrier(int epoch, int batch) {
        @Override
        public String toString() {
            return "epoch " + epoch + " after " + batch + " batches";
        }
    }

    private static final class Reader {
        final List<Long> attempts = new ArrayList<>();
        final List<Entry<LossMessage>> surviving = new ArrayList<>();
        final Map<Question, Entry<LossMessage>> questions = new LinkedHashMap<>();
        final Map<Question, MaskMessage> answers = new LinkedHashMap<>();
        final Map<Question, LossState> states = new LinkedHashMap<>();
        final Map<Long, Policy> policies = new LinkedHashMap<>();
        final List<Entry<LossMessage>> late = new ArrayList<>();
        final List<String> complaints = new ArrayList<>();
        private final Lookups lookups;
        private final Map<Barrier, Integer> barriers = new HashMap<>();
        private final Map<Barrier, LossState> barrierStates = new HashMap<>();
        private final List<SelectorState> given = new ArrayList<>();
        private long attempt = -1;
        private boolean begun;
        private @Nullable AttemptOpened opened;
        private @Nullable ReferenceSelector selector;

        Reader(Lookups lookups) {
            this.lookups = lookups;
        }

        private void read(Entry<LossMessage> entry) {
            LossMessage message = entry.message();
            if (message.hasAttemptOpened()) {
                open(entry.offset(), message.getAttemptOpened());
                return;
            }
            if (message.getAttempt() != attempt) {
                late.add(entry);
                return;
            }
            if (isAskedAgain(message)) {
                return;
            }
            ReferenceSelector now = selector;
            if (now == null) {
                throw new IllegalStateException("no attempt is open");
            }
            switch (message.getEventCase()) {
                case EPOCH_OPENED -> {
                    var epoch = message.getEpochOpened();
                    begin();
                    note(epoch.getRevision(), epoch.hasPolicy() ? epoch.getPolicy() : null);
                    answer(entry, answer().setEpochMask(now.answer(epoch)));
                }
                case BATCH_LOSSES -> {
                    var batch = message.getBatchLosses();
                    begin();
                    note(batch.getRevision(), batch.hasPolicy() ? batch.getPolicy() : null);
                    answer(entry, answer().setBatchMask(now.answer(batch)));
                }
                case TRAINED_LOSSES -> {
                    now.note(message.getTrainedLosses());
                    surviving.add(entry);
                }
                case STATE_REQUESTED -> {
                    var request = message.getStateRequested();
                    Barrier barrier = new Barrier(request.getEpoch(), request.getBatch());
                    barriers.put(barrier, surviving.size());
                    barrierStates.put(barrier, now.state());
                    states.put(new Question(attempt, request.getEpoch(), request.getBatch()), now.state());
                }
                case STATE_GIVEN -> given(now, message.getStateGiven().getState());
                // A recording has the batches of spans, and steps, one by one.
                case ATTEMPT_CLOSED, ATTEMPT_OPENED, BATCH_SPAN, TRAINED_STEPS, EVENT_NOT_SET -> {}
            }
        }

        /** Whether a trainer that had no answer repeats its question, for the same answer. */
        private boolean isAskedAgain(LossMessage message) {
            Entry<LossMessage> before = Question.of(message).map(questions::get).orElse(null);
            if (before != null && !question(before.message()).equals(question(message))) {
                complaints.add("attempt " + attempt + " asks again for something else: " + Question.of(message));
            }
            return before != null;
        }

        /** Returns the message without what a repetition may change. */
        private static LossMessage question(LossMessage message) {
            LossMessage.Builder bare = message.toBuilder();
            if (message.hasEpochOpened()) {
                bare.getEpochOpenedBuilder().clearPolicy();
            } else if (message.hasBatchLosses()) {
                bare.getBatchLossesBuilder().clearPolicy().clearTimedOut();
            }
            return bare.build();
        }

        private void open(long offset, AttemptOpened now) {
            if (opened != null && !opened.equals(now)) {
                complaints.add("attempt " + offset + " opens another run than the attempt before");
            }
            opened = now;
            attempt = offset;
            attempts.add(offset);
            selector = new ReferenceSelector(now, lookups);
            given.clear();
            begun = false;
        }

        private MaskMessage.Builder answer() {
            return MaskMessage.newBuilder()
                    .setRunId(
                            surviving.isEmpty()
                                    ? ""
                                    : surviving.get(0).message().getRunId())
                    .setAttempt(attempt);
        }

        private void answer(Entry<LossMessage> entry, MaskMessage.Builder answer) {
            Question question = Question.of(entry.message()).orElseThrow();
            questions.putIfAbsent(question, entry);
            answers.put(question, answer.build());
            surviving.add(entry);
        }

        private void note(long revision, @Nullable Policy announced) {
            if (announced == null) {
                return;
            }
            Policy before = policies.putIfAbsent(revision, announced);
            if (before != null && !before.equals(announced)) {
                complaints.add("revision " + revision + " is announced with two different policies");
            }
        }

        /** Called at the attempt's first question: an attempt that gave no state begins from nothing. */
        private void begin() {
            if (!begun) {
                begun = true;
                surviving.clear();
            }
        }

        private void given(ReferenceSelector now, SelectorState part) {
            if (part.getPart() != given.size()) {
                complaints.add("attempt " + attempt + " gives part " + part.getPart() + " of its state instead of part "
                        + given.size());
            }
            given.add(part);
            if (given.size() < part.getParts() || opened == null) {
                return;
            }
            LossState state = LossState.of(given, opened.getDataset().getCount());
            given.clear();
            Barrier barrier = new Barrier(part.getEpoch(), part.getBatch());
            Integer place = barriers.get(barrier);
            if (place == null || place > surviving.size()) {
                complaints.add("attempt " + attempt + " gives the state of " + barrier + ", where no barrier was");
                return;
            }
            if (!state.isSame(barrierStates.get(barrier))) {
                complaints.add("attempt " + attempt + " gives a state of " + barrier + " that is not the run's");
            }
            if (!begun) {
                begun = true;
                surviving.subList(place, surviving.size()).clear();
            }
            now.restore(state);
        }
    }
}
