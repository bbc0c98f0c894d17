package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/** The runs of a partition, each with its newest attempt, and what is said to the attempts that are not held. One thread. */
final class Attempts {
    private static final Closed NEVER_CLOSED = new Closed(-1, 0);

    private final JudgeContext context;
    private final Map<String, RunState> runs = new HashMap<>();
    /** The runs that ended last: a trainer that missed the end is fenced instead of being told to open another attempt. */
    private final Map<String, Closed> closed;
    /** While messages are replayed: the last message of each attempt that is not held, without its losses. */
    private final Map<Attempt, LossMessage> strays;

    /** The run whose AttemptOpened lies at offset 0; empty if none is known. */
    private String first = "";

    private record Closed(long attempt, long atMillis) {}

    private record Attempt(String runId, long number) {}

    Attempts(JudgeContext context) {
        this.context = context;
        this.closed = new Latest<>(context.config.mostRuns());
        this.strays = new Latest<>(context.config.mostRuns());
    }

    Collection<RunState> runs() {
        return runs.values();
    }

    boolean holds(String runId) {
        return runs.containsKey(runId);
    }

    /** Whether the attempt of a message is held. */
    boolean holds(LossMessage message) {
        RunState run = runs.get(message.getRunId());
        return run != null && run.attempt == message.getAttempt();
    }

    /** Notes that the run's AttemptOpened lies at this offset. */
    void noteOpening(String runId, long offset) {
        if (offset == 0) {
            first = runId;
        }
    }

    /** Rejects an attempt that is opened with another training set than the one that is held. */
    void check(String runId, AttemptOpened opened) throws PoisonException {
        RunState run = runs.get(runId);
        int count = opened.getDataset().getCount();
        if (run != null && run.losses.examples() != count) {
            throw new PoisonException("dataset.count is " + count + ", allowed is " + run.losses.examples()
                    + " as in attempt " + run.attempt + ": another training set needs another run id");
        }
    }

    /** Rejects a message without an attempt, which is not of attempt 0. */
    void checkNumber(LossMessage message) throws PoisonException {
        String runId = message.getRunId();
        if (message.getAttempt() == 0 && !runId.equals(first)) {
            RunState run = runs.get(runId);
            throw new PoisonException("attempt is 0, allowed is the offset of the run's AttemptOpened"
                    + (run == null ? "" : ", " + run.attempt));
        }
    }

    /** Returns the run of this name; null if it is not held. */
    @Nullable
    RunState find(String runId) {
        return runs.get(runId);
    }

    /** Returns the lowest offset from which the runs can be rebuilt; empty if there are none. */
    OptionalLong rebuildFrom() {
        return runs.values().stream().mapToLong(run -> run.rebuildFrom).min();
    }

    /** Opens an attempt if it is newer than the one that is held and there is room for it; returns whether it is held now. */
    boolean open(String runId, AttemptOpened opened, long offset, long atMillis) {
        RunState run = runs.get(runId);
        if (run == null && !context.room.isForRun()) {
            var unused = forget(atMillis);
        }
        boolean opens = run == null ? context.room.isForRun() : offset > run.attempt;
        if (opens) {
            remove(runId);
            runs.put(runId, RunState.opened(runId, offset, opened, context, atMillis));
            closed.remove(runId);
        }
        return opens;
    }

    /** Holds a run whose state was given. */
    void hold(RunState run) {
        remove(run.id);
        runs.put(run.id, run);
    }

    /** Drops a run whose state may be damaged. */
    void drop(String runId) {
        remove(runId);
    }

    private void remove(String runId) {
        RunState gone = runs.remove(runId);
        if (gone != null) {
            gone.giveUp();
        }
    }

    /** Closes the attempt of a run that has ended. */
    void close(RunState run, long atMillis) {
        remove(run.id);
        closed.put(run.id, new Closed(run.attempt, atMillis));
    }

    /** While messages are replayed: gives up a run that has no room here. It had room where it was answered, and goes on from its trainer's checkpoint. */
    void giveUp(RunState run, LossMessage message) {
        remove(run.id);
        noteStray(message);
    }

    /**
     * Forgets the runs that have been silent for too long.
     *
     * @return what is said to those whose trainers wait for their partner's progress: they open another attempt
     */
    List<MaskMessage> forget(long nowMillis) {
        long since = since(nowMillis);
        List<MaskMessage> answers = new ArrayList<>();
        runs.values().removeIf(run -> {
            if (run.isSilentSince(since) && run.pairing.isWaiting()) {
                answers.add(Answer.unknown(run.id, run.attempt));
            }
            if (run.isSilentSince(since)) {
                run.giveUp();
            }
            return run.isSilentSince(since);
        });
        closed.values().removeIf(run -> run.atMillis < since);
        return answers;
    }

    /** Forgets a run that was silent for too long before it sent this message; returns whether it did. */
    boolean forgetIfSilent(String runId, long atMillis) {
        long since = since(atMillis);
        if (closed(runId).atMillis < since) {
            closed.remove(runId);
        }
        RunState run = runs.get(runId);
        boolean silent = run != null && run.isSilentSince(since);
        if (silent) {
            remove(runId);
        }
        return silent;
    }

    private long since(long millis) {
        return millis - context.config.forgetAfter().toMillis();
    }

    /** Whether the attempt of this message, which is not held, is newer than all that are known of its run. */
    boolean isNewest(LossMessage message) {
        return message.getAttempt() > highest(message.getRunId());
    }

    /** Notes the end of an attempt that is not held. */
    void noteEnd(LossMessage message, long offset, long atMillis) {
        if (message.hasAttemptClosed()
                && !holds(message.getRunId())
                && isNewest(message)
                && message.getAttempt() < offset) {
            closed.put(message.getRunId(), new Closed(message.getAttempt(), atMillis));
        }
    }

    /** While messages are replayed: notes one of an attempt that is not held. */
    void noteStray(LossMessage message) {
        LossMessage.Builder bare =
                LossMessage.newBuilder().setRunId(message.getRunId()).setAttempt(message.getAttempt());
        switch (message.getEventCase()) {
            case EPOCH_OPENED ->
                bare.getEpochOpenedBuilder().setEpoch(message.getEpochOpened().getEpoch());
            case ATTEMPT_CLOSED -> bare.getAttemptClosedBuilder();
            default -> bare.getBatchLossesBuilder();
        }
        Attempt attempt = new Attempt(message.getRunId(), message.getAttempt());
        strays.remove(attempt);
        strays.put(attempt, bare.build());
    }

    /** After messages were replayed: returns what the attempts that are not held may still wait for, and forgets them. */
    List<MaskMessage> takeLastAnswers() {
        List<MaskMessage> answers = new ArrayList<>();
        strays.forEach((attempt, message) -> {
            RunState run = runs.get(attempt.runId);
            boolean held = run != null && run.attempt == attempt.number;
            if (!held && closed(attempt.runId).attempt != attempt.number) {
                answers.addAll(answerToStray(message));
            }
        });
        strays.clear();
        return answers;
    }

    /** Answers an attempt that is not held: it is fenced by a newer one, refused for want of room, or unknown. */
    List<MaskMessage> answerToStray(LossMessage message) {
        String runId = message.getRunId();
        long attempt = message.getAttempt();
        long highest = highest(runId);
        if (attempt < highest) {
            context.count(SelectorMeters::fenced);
            return List.of(Answer.to(runId, attempt)
                    .setFenced(Fenced.newBuilder().setByAttempt(highest))
                    .build());
        }
        if (message.hasEpochOpened() && !holds(runId)) {
            try {
                context.room.requireForRun();
            } catch (RefusalException full) {
                return List.of(
                        Answer.refused(runId, attempt, message.getEpochOpened().getEpoch(), full));
            }
        }
        return message.hasAttemptClosed() ? List.of() : List.of(Answer.unknown(runId, attempt));
    }

    private long highest(String runId) {
        RunState held = runs.get(runId);
        return held == null ? closed(runId).attempt : held.attempt;
    }

    private Closed closed(String runId) {
        return closed.getOrDefault(runId, NEVER_CLOSED);
    }
}
