package org.dietsb.faults;

import java.util.List;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.LossMessage;

/**
 * The same run without any fault.
 *
 * @param losses what it announced, in order: epochs, batches, steps
 * @param masks what it was answered, in order
 */
record Reference(List<LossMessage> losses, List<MaskMessage> masks, List<EpochFigures> epochs, String weightsChecksum) {
    Reference {
        losses = List.copyOf(losses);
        masks = List.copyOf(masks);
        epochs = List.copyOf(epochs);
    }
}
