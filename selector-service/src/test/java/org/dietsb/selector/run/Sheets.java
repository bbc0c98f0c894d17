package org.dietsb.selector.run;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** Runs on 10 batches an epoch, as their last event describes them. */
public final class Sheets {
    private Sheets() {}

    /** Returns a run in this epoch, of which this many batches were announced. */
    public static RunSheet at(int examples, int epochs, int epoch, int batch) {
        return of(examples, epochs, epoch, batch, List.of(), List.of());
    }

    /** Returns the same with policies and completed epochs. */
    public static RunSheet of(
            int examples,
            int epochs,
            int epoch,
            int batch,
            List<RunSheet.Placed> placed,
            List<RunSheet.Figures> figures) {
        return new RunSheet(
                "run",
                1,
                RunSheet.State.RUNNING,
                "",
                "hundred",
                examples,
                "f00d",
                "resnet8",
                1,
                128,
                "",
                "",
                false,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                epochs,
                epoch,
                batch,
                10,
                null,
                Policy.BASELINE,
                true,
                placed,
                figures,
                RunSheet.costOf(figures),
                OrderedWire.fromWire(TrainingOrder.getDefaultInstance()),
                "",
                0);
    }

    /** Returns the figures of an epoch whose selection passes had this scale. */
    public static RunSheet.Figures epoch(
            int epoch,
            @Nullable Double accuracy,
            int examples,
            long backward,
            long selection,
            double scaledSelection,
            double[] seconds,
            double share) {
        return new RunSheet.Figures(
                epoch,
                accuracy,
                0.0,
                null,
                null,
                0,
                (scaledSelection + 3.0 * backward) / (3.0 * examples),
                backward,
                selection,
                seconds[0],
                seconds[1],
                seconds[2],
                seconds[3],
                share,
                10,
                0);
    }
}
