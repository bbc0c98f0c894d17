package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.ExampleParts;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.MaskMessage;

/** Splits the mask of an epoch into messages, if its bits do not fit into one. */
final class EpochParts {
    private EpochParts() {}

    /**
     * Returns the messages that answer with a mask, 1 or more.
     *
     * @throws RefusalException if there are several, and the trainer of the run does not read parts
     */
    static List<MaskMessage> of(EpochMask mask, RunState run) throws RefusalException {
        if (!ExampleParts.isSplit(mask)) {
            return List.of(run.answer().setEpochMask(mask).build());
        }
        int examples = run.losses.examples();
        if (!run.opened.getReadsParts()) {
            throw new RefusalException("the mask of an epoch of " + examples
                    + " examples comes in parts, which this trainer cannot read: it is older than this selector");
        }
        List<MaskMessage> parts = new ArrayList<>();
        int count = ExampleParts.count(examples);
        for (int part = 0; part < count; part++) {
            ByteString kept = ExampleParts.of(mask.getKept(), part);
            EpochMaskPart.Builder wire = EpochMaskPart.newBuilder()
                    .setEpoch(mask.getEpoch())
                    .setRevision(mask.getRevision())
                    .setPart(part)
                    .setParts(count)
                    .setKept(kept)
                    .setKeptCount(BitSet.valueOf(kept.asReadOnlyByteBuffer()).cardinality())
                    .setWeighted(ExampleParts.of(mask.getWeighted(), part))
                    .setWeight(mask.getWeight());
            parts.add(run.answer().setEpochMaskPart(wire).build());
        }
        return parts;
    }
}
