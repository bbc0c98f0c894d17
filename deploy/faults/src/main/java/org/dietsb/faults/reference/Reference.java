package org.dietsb.faults.reference;

import java.util.List;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.LossMessage;

/**
 * The same run without any fault.
 *
 * @param losses epochs opened, batches announced and steps reported, in order
 * @param masks answers, in order
 */
public record Reference(
        List<LossMessage> losses, List<MaskMessage> masks, List<EpochFigures> epochs, String weightsChecksum) {
    public Reference {
        losses = List.copyOf(losses);
        masks = List.copyOf(masks);
        epochs = List.copyOf(epochs);
    }
}
