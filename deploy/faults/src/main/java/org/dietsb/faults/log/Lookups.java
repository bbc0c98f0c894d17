package org.dietsb.faults.log;

import com.google.protobuf.ByteString;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.wire.EpochRecord;

/**
 * Inputs of masks other than the log of their run, by name.
 *
 * @param scores score sets, used by diets
 * @param masks recorded masks of runs by epoch, used by replays
 */
public record Lookups(Map<String, ScoreSet> scores, Map<String, SortedMap<Integer, EpochRecord>> masks) {
    public Lookups {
        scores = Map.copyOf(scores);
        masks = Map.copyOf(masks);
    }

    /** Returns the recorded masks that a policy names. */
    public SortedMap<Integer, EpochRecord> masks(String of) {
        return Objects.requireNonNull(masks.get(of.replaceFirst("@.*", "")), of);
    }

    /** Converts a set of examples. */
    public static BitSet bits(ByteString bits) {
        return BitSet.valueOf(bits.asReadOnlyByteBuffer());
    }
}
