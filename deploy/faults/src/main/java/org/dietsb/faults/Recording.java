package org.dietsb.faults;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;

/**
 * All that the topics hold of one run.
 *
 * @param losses of topic batch-losses, in the log's order
 * @param masks of topic backprop-masks, likewise
 * @param runs the last of each attempt, of topic run-events
 * @param deadLetters that came while the run was on
 */
record Recording(
        String runId,
        List<Entry<LossMessage>> losses,
        List<Entry<MaskMessage>> masks,
        List<Run> runs,
        int deadLetters) {
    Recording {
        losses = List.copyOf(losses);
        masks = List.copyOf(masks);
        runs = List.copyOf(runs);
    }

    /** The run as its highest attempt sees it. */
    Optional<Run> last() {
        return runs.stream().filter(run -> run.getStartedMillis() != 0).max(Comparator.comparingLong(Run::getAttempt));
    }

    Recording withLosses(List<Entry<LossMessage>> others) {
        return new Recording(runId, others, masks, runs, deadLetters);
    }

    Recording withMasks(List<Entry<MaskMessage>> others) {
        return new Recording(runId, losses, others, runs, deadLetters);
    }

    Recording withRuns(List<Run> others) {
        return new Recording(runId, losses, masks, others, deadLetters);
    }
}
