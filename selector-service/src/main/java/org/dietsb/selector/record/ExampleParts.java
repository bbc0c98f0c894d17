package org.dietsb.selector.record;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;

/**
 * Splits what has one bit per example into parts of 2,000,000 examples, the last one of the rest: two such sets of bits fit into a message
 * of 1 MB.
 */
public final class ExampleParts {
    /** Examples of every part but the last; a multiple of 8. */
    public static final int EXAMPLES = 2_000_000;

    /** Bytes of the bits of a part. */
    static final int BYTES = EXAMPLES / 8;

    /** Maximum size of the bits of an epoch's mask that is sent as one message, kept and weighted together. */
    private static final int MOST_WHOLE = 1_000_000;

    private ExampleParts() {}

    /** Splits the record of an epoch into those of its parts; itself if it is of one part. */
    static List<EpochRecord> of(EpochRecord whole) {
        int bytes = whole.getSelected().size();
        if (bytes <= BYTES) {
            return List.of(whole);
        }
        int count = (bytes + BYTES - 1) / BYTES;
        List<EpochRecord> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            parts.add(whole.toBuilder()
                    .setSelected(of(whole.getSelected(), part))
                    .setKept(of(whole.getKept(), part))
                    .setPart(part)
                    .setParts(count)
                    .build());
        }
        return parts;
    }

    /** Joins the records of all parts of an epoch, in order. */
    static EpochRecord joined(List<EpochRecord> parts) {
        EpochRecord.Builder whole = parts.get(0).toBuilder().clearPart().clearParts();
        for (EpochRecord part : parts.subList(1, parts.size())) {
            whole.setSelected(whole.getSelected().concat(part.getSelected()))
                    .setKept(whole.getKept().concat(part.getKept()));
        }
        return whole.build();
    }

    /** Returns the message that holds the record of an epoch, or of a part of it. */
    static MaskRecord message(String runId, long attempt, EpochRecord record) {
        MaskRecord.Builder message = MaskRecord.newBuilder().setRunId(runId).setAttempt(attempt);
        return record.getParts() == 0
                ? message.setEpoch(record).build()
                : message.setEpochPart(record).build();
    }

    /** Returns the number of parts, 1 or more. */
    public static int count(int examples) {
        return Math.max(1, (int) ((examples + EXAMPLES - 1L) / EXAMPLES));
    }

    /** Returns the number of examples of a part. */
    static int size(int examples, int part) {
        return Math.min(EXAMPLES, examples - part * EXAMPLES);
    }

    /** Returns the bits of a part, which are not copied; none of none. */
    public static ByteString of(ByteString bits, int part) {
        return bits.isEmpty() ? bits : bits.substring(part * BYTES, Math.min(bits.size(), (part + 1) * BYTES));
    }

    /** Whether the mask of an epoch does not fit into one message. */
    public static boolean isSplit(EpochMask mask) {
        return mask.getKept().size() + mask.getWeighted().size() > MOST_WHOLE;
    }
}
