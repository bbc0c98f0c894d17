package org.dietsb.selector.mask;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.SelectorConfig;
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

    @Override
    public void close() {
        decisions.close();
    }
}
