package org.dietsb.faults.log;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;

/**
 * All messages of one run.
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
        losses = List.copyOf(losses);
        masks = List.copyOf(masks);
        runs = List.copyOf(runs);
    }

    /** Returns the run as its highest attempt reports it. */
    public Optional<Run> last() {
        return runs.stream().filter(run -> run.getStartedMillis() != 0).max(Comparator.comparingLong(Run::getAttempt));
    }
}
