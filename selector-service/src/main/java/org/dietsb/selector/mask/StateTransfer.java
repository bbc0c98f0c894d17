package org.dietsb.selector.mask;

import java.util.List;
import java.util.Map;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.jspecify.annotations.Nullable;

/** Takes in the states that trainers give back from their checkpoints, part by part. One thread. */
final class StateTransfer {
    /** Maximum size of an opening in bytes: most of it are names. */
    private static final int LONGEST_OPENING = 65_536;

    private final Attempts attempts;
    private final ProxyPairs pairs;
    private final JudgeContext context;
    /** States of which not all parts have arrived. */
    private final Map<String, GivenState> arriving;

    StateTransfer(Attempts attempts, ProxyPairs pairs, JudgeContext context) {
        this.attempts = attempts;
        this.pairs = pairs;
        this.context = context;
        this.arriving = new Latest<>(context.config.mostRuns());
    }

    /**
     * Bytes that arriving states take.
     *
     * @param ofHeld of runs that are held, or of those that are not held yet
     */
    long lossBytes(boolean ofHeld) {
        return arriving.entrySet().stream()
                .filter(state -> attempts.holds(state.getKey()) == ofHeld)
                .mapToLong(state -> state.getValue().lossBytes())
                .sum();
    }

    /** Drops the parts of a state that have arrived. */
    void drop(String runId) {
        arriving.remove(runId);
    }

    /** Drops the states of runs that are not held. */
    void dropStrays() {
        arriving.keySet().removeIf(runId -> !attempts.holds(runId));
    }

    /** Rejects an epoch that is opened before the state is whole that an attempt resumes with. */
    void requireWhole(RunState run) throws PoisonException {
        GivenState state = arriving.get(run.id);
        if (state != null && state.attempt == run.attempt && run.checks.isAtTheBeginning()) {
            throw new PoisonException("EpochOpened came after " + state.parts()
                    + " of the state that the attempt resumes with," + " allowed is after all of them");
        }
    }

    /** Rejects openings out of their ranges, and of an unreasonable length. */
    void check(AttemptOpened opened) throws PoisonException {
        if (opened.getSerializedSize() > LONGEST_OPENING) {
            throw new PoisonException("an attempt's opening has " + opened.getSerializedSize()
                    + " bytes, allowed is at most " + LONGEST_OPENING);
        }
        int examples = opened.getDataset().getCount();
        int largest = context.config.largestDataset();
        if (examples < 1 || examples > largest) {
            throw new PoisonException("dataset.count is " + Integer.toUnsignedString(examples) + ", allowed is [1, "
                    + largest + "], the examples of the training set");
        }
        int largestBatch = context.config.largestBatch();
        if (opened.getBatchSize() < 1 || opened.getBatchSize() > largestBatch) {
            throw new PoisonException("batch_size is " + Integer.toUnsignedString(opened.getBatchSize())
                    + ", allowed is [1, " + largestBatch + "]");
        }
        if (opened.getWindow() < 0 || opened.getWindow() > Window.LARGEST) {
            throw new PoisonException("window is " + Integer.toUnsignedString(opened.getWindow()) + ", allowed is [0, "
                    + Window.LARGEST + "], where 0 stands for the largest");
        }
    }

    /**
     * Takes a part of a run's state. After the last one the run is held as they describe it.
     *
     * @param held the run of the same attempt; null if it is not held
     * @return its refusal, or the answers to the run's partner that the last part lets go
     */
    List<MaskMessage> take(@Nullable RunState held, LossMessage message, long offset, long atMillis)
            throws PoisonException {
        String runId = message.getRunId();
        StateGiven part = message.getStateGiven();
        GivenState before = arriving.get(runId);
        check(part.getOpened());
        GivenState state = before == null
                        || before.attempt != message.getAttempt()
                        || part.getState().getPart() == 0
                ? new GivenState(message.getAttempt(), part, offset)
                : before;
        AttemptOpened opened = held == null ? state.opened : held.opened;
        if (!opened.getDataset().equals(part.getOpened().getDataset())
                || opened.getSeed() != part.getOpened().getSeed()) {
            throw new PoisonException(
                    "opened has another dataset or seed than the attempt, allowed are those of its AttemptOpened");
        }
        long reserved = held != null ? held.losses.reserved() : state == before ? state.lossBytes() : 0;
        long bytes = Math.max(reserved, state.lossBytesWith(part.getState()));
        try {
            if (!attempts.holds(runId)) {
                context.room.requireForRun();
            }
            if (bytes > reserved) {
                context.room.requireForLosses(bytes - reserved);
            }
            if (held != null) {
                context.room.requireForArriving(
                        state.lossBytesWith(part.getState()) - (state == before ? state.lossBytes() : 0));
            }
        } catch (RefusalException full) {
            arriving.remove(runId);
            if (held == null) {
                attempts.noteStray(message);
            } else {
                held.losses.lackRoom();
            }
            return List.of(
                    Answer.refused(runId, message.getAttempt(), part.getState().getEpoch(), full));
        }
        state.add(part.getState());
        if (!state.isComplete()) {
            arriving.put(runId, state);
            return List.of();
        }
        arriving.remove(runId);
        RunState run = state.run(runId, held, bytes, context, atMillis);
        attempts.hold(run);
        return pairs.letGoBy(run);
    }
}
