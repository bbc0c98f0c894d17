package org.dietsb.selector.mask;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.jspecify.annotations.Nullable;

/** Answers the messages of one run apart from all live ones: nothing is counted, recorded or sent, and it waits for what is pending. One thread. */
final class LoneAnswers implements AutoCloseable {
    private static final long PENDING_MILLIS = 2;

    private final Decisions decisions = new Decisions();
    private final MaskAnswers answers;

    LoneAnswers(Sources sources, SelectorConfig config) {
        List<MaskAnswers> alone = new ArrayList<>();
        this.answers = new MaskAnswers(
                sources,
                config,
                new Room(config, Runtime.getRuntime().maxMemory(), alone::stream),
                decisions,
                new SelectorMeters(new SimpleMeterRegistry()));
        alone.add(answers);
    }

    /** Returns the run of this name; null if none is held. */
    @Nullable
    RunState find(String runId) {
        return answers.attempts.find(runId);
    }

    /** Returns all answers to a message. */
    List<MaskMessage> answer(LossMessage message, long offset) throws PoisonException, InterruptedException {
        List<MaskMessage> all = new ArrayList<>();
        while (true) {
            try {
                all.addAll(answers.answer(message, offset, 0));
                answers.takeRecords();
                return all;
            } catch (PendingException notYet) {
                all.addAll(notYet.first());
                if (notYet.first().isEmpty()) {
                    Thread.sleep(PENDING_MILLIS);
                }
            }
        }
    }

    /**
     * Judges the next batch of the run's open epoch as if its message had been checked, but neither counts nor keeps what it selects.
     *
     * @return the places that are selected
     */
    BitSet judged(String runId, Announced batch) throws RefusalException, InterruptedException {
        RunState run = held(runId);
        while (true) {
            try {
                run.lookUp(List.of(batch));
                break;
            } catch (PendingException notYet) {
                Thread.sleep(PENDING_MILLIS);
            }
        }
        return run.selected(batch);
    }

    /** Notes the losses of a training step of the run. */
    void trained(String runId, ReportedLosses step) throws RefusalException {
        held(runId).trainedOn(List.of(step));
    }

    private RunState held(String runId) {
        return Objects.requireNonNull(answers.attempts.find(runId), () -> "run " + runId + " is not open");
    }

    @Override
    public void close() {
        decisions.close();
    }
}
