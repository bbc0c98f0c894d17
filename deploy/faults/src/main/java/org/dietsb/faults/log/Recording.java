package org.dietsb.faults.log;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;

/**
 * All messages of one run, with batches, masks and steps one by one: a message of several means the same.
 *
 * @param losses of topic batch-losses, in the order of the log
 * @param masks of topic backprop-masks, likewise
 * @param runs of topic run-events, the last message of each attempt
 * @param deadLetters written during the run
 */
public record Recording(
        String runId,
        List<Entry<LossMessage>> losses,
        List<Entry<MaskMessage>> masks,
        List<Run> runs,
        int deadLetters) {
    public Recording {
        losses = losses.stream().flatMap(Recording::batches).toList();
        masks = masks.stream().flatMap(Recording::masks).toList();
        runs = List.copyOf(runs);
    }

    private static Stream<Entry<LossMessage>> batches(Entry<LossMessage> entry) {
        LossMessage message = entry.message();
        if (message.hasTrainedSteps()) {
            return message.getTrainedSteps().getStepsList().stream()
                    .map(step -> entry.with(
                            message.toBuilder().setTrainedLosses(step).build()));
        }
        return message.hasBatchSpan()
                ? message.getBatchSpan().getBatchesList().stream()
                        .map(batch -> entry.with(
                                message.toBuilder().setBatchLosses(batch).build()))
                : Stream.of(entry);
    }

    private static Stream<Entry<MaskMessage>> masks(Entry<MaskMessage> entry) {
        MaskMessage message = entry.message();
        return message.hasSpanMask()
                ? message.getSpanMask().getMasksList().stream()
                        .map(mask -> entry.with(
                                message.toBuilder().setBatchMask(mask).build()))
                : Stream.of(entry);
    }

    /** Returns the run as its highest attempt reports it. */
    public Optional<Run> last() {
        return runs.stream().filter(run -> run.getStartedMillis() != 0).max(Comparator.comparingLong(Run::getAttempt));
    }
}
