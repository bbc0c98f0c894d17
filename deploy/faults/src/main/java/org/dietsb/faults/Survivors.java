package org.dietsb.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/**
 * Reads topic batch-losses of one run as the protocol says: a message counts if its attempt was the highest opened so far, and
 * an attempt that resumes takes its run back to the barrier whose state it gives. What is left is what the weights at the
 * end are made of. Every answer that is due on the way is computed from the log alone.
 */
final class Survivors {
    /** What is asked for: an epoch (batch -1) or a batch, by an attempt. */
    record Asked(long attempt, int epoch, int batch) {}

    private record Barrier(int epoch, int batch) {}

    private final Lookups lookups;
    private final List<Entry<LossMessage>> surviving = new ArrayList<>();
    private final Map<Asked, MaskMessage> answers = new LinkedHashMap<>();
    private final Map<Asked, Entry<LossMessage>> questions = new LinkedHashMap<>();
    /** States that were asked for, whole, by attempt and barrier. */
    private final Map<Asked, LossState> states = new LinkedHashMap<>();

    private final Map<Barrier, Integer> barriers = new HashMap<>();
    private final Map<Barrier, LossState> barrierStates = new HashMap<>();
    private final Map<Long, Policy> policies = new LinkedHashMap<>();
    private final List<Entry<LossMessage>> late = new ArrayList<>();
    private final List<Long> attempts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<SelectorState> given = new ArrayList<>();
    private long attempt = -1;
    private boolean begun;
    private @Nullable AttemptOpened opened;
    private @Nullable ReferenceSelector selector;

    private Survivors(Lookups lookups) {
        this.lookups = lookups;
    }

    static Survivors of(List<Entry<LossMessage>> log, Lookups lookups) {
        Survivors survivors = new Survivors(lookups);
        for (Entry<LossMessage> entry : log) {
            try {
                survivors.read(entry);
            } catch (RuntimeException impossible) {
                survivors.complaints.add("batch-losses@" + entry.offset() + " cannot be: " + impossible.getMessage());
            }
        }
        return survivors;
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
        ReferenceSelector now = selector;
        if (now == null) {
            throw new IllegalStateException("nothing was opened");
        }
        switch (message.getEventCase()) {
            case EPOCH_OPENED -> epoch(entry, now, message.getEpochOpened());
            case BATCH_LOSSES -> batch(entry, now, message.getBatchLosses());
            case TRAINED_LOSSES -> {
                now.note(message.getTrainedLosses());
                survive(entry);
            }
            case STATE_REQUESTED -> {
                StateRequested request = message.getStateRequested();
                Barrier barrier = new Barrier(request.getEpoch(), request.getBatch());
                barriers.put(barrier, surviving.size());
                barrierStates.put(barrier, now.state());
                states.put(new Asked(attempt, request.getEpoch(), request.getBatch()), now.state());
            }
            case STATE_GIVEN -> given(now, message.getStateGiven().getState());
            case ATTEMPT_CLOSED, ATTEMPT_OPENED, EVENT_NOT_SET -> {}
        }
    }

    private void open(long offset, AttemptOpened now) {
        if (opened != null && !opened.equals(now)) {
            complaints.add("attempt " + offset + " opens another run than the one before");
        }
        opened = now;
        attempt = offset;
        attempts.add(offset);
        selector = new ReferenceSelector(now, lookups);
        given.clear();
        begun = false;
    }

    private void epoch(Entry<LossMessage> entry, ReferenceSelector now, EpochOpened epoch) {
        begin();
        note(epoch.getRevision(), epoch.hasPolicy() ? epoch.getPolicy() : null);
        ask(entry, new Asked(attempt, epoch.getEpoch(), -1));
        answers.put(
                new Asked(attempt, epoch.getEpoch(), -1),
                answer().setEpochMask(now.answer(epoch)).build());
        survive(entry);
    }

    private void batch(Entry<LossMessage> entry, ReferenceSelector now, BatchLosses batch) {
        begin();
        note(batch.getRevision(), batch.hasPolicy() ? batch.getPolicy() : null);
        Asked asked = new Asked(attempt, batch.getEpoch(), batch.getBatch());
        ask(entry, asked);
        answers.put(asked, answer().setBatchMask(now.answer(batch)).build());
        survive(entry);
    }

    private void ask(Entry<LossMessage> entry, Asked asked) {
        questions.putIfAbsent(asked, entry);
    }

    private MaskMessage.Builder answer() {
        return MaskMessage.newBuilder()
                .setRunId(surviving.isEmpty() ? "" : surviving.get(0).message().getRunId())
                .setAttempt(attempt);
    }

    private void note(long revision, @Nullable Policy told) {
        if (told == null) {
            return;
        }
        Policy before = policies.putIfAbsent(revision, told);
        if (before != null && !before.equals(told)) {
            complaints.add("revision " + revision + " is told as two different policies");
        }
    }

    /** The attempt's first question: one that gave no state begins from nothing. */
    private void begin() {
        if (!begun) {
            begun = true;
            surviving.clear();
        }
    }

    private void survive(Entry<LossMessage> entry) {
        surviving.add(entry);
    }

    private void given(ReferenceSelector now, SelectorState part) {
        if (part.getPart() != given.size()) {
            complaints.add("attempt " + attempt + " gives part " + part.getPart()
                    + " of its state in the place of part " + given.size());
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
            complaints.add("attempt " + attempt + " gives the state of " + words(barrier) + ", where no barrier was");
            return;
        }
        if (!state.equals(barrierStates.get(barrier))) {
            complaints.add("attempt " + attempt + " gives a state of " + words(barrier) + " that is not the run's");
        }
        if (!begun) {
            begun = true;
            surviving.subList(place, surviving.size()).clear();
        }
        now.restore(state);
    }

    private static String words(Barrier barrier) {
        return "epoch " + barrier.epoch + " after " + barrier.batch + " batches";
    }

    /** Epochs opened, batches announced and steps reported, in order. */
    List<Entry<LossMessage>> surviving() {
        return List.copyOf(surviving);
    }

    /** The answer to every question that counts, those of attempts that did not survive too. */
    Map<Asked, MaskMessage> answers() {
        return answers;
    }

    /** Where in the log each question is. */
    Map<Asked, Entry<LossMessage>> questions() {
        return questions;
    }

    /** The state that is due to each request of one, by its barrier. */
    Map<Asked, LossState> states() {
        return states;
    }

    /** Every policy that was told, by its revision. */
    Map<Long, Policy> policies() {
        return policies;
    }

    /** Messages of attempts that were not the highest any more, or had never been opened. */
    List<Entry<LossMessage>> late() {
        return late;
    }

    /** Numbers of the attempts, in order. */
    List<Long> attempts() {
        return attempts;
    }

    AttemptOpened opened() {
        if (opened == null) {
            throw new IllegalStateException("the run has no attempt");
        }
        return opened;
    }

    /** What does not hold together. */
    List<String> complaints() {
        return complaints;
    }
}
