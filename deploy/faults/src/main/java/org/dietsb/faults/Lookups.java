package org.dietsb.faults;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.wire.EpochRecord;

/**
 * What masks depend on beside the log of their run, by its name.
 *
 * @param scores that diets go by
 * @param masks that replays go by, of runs that were recorded, by their epochs
 */
record Lookups(Map<String, ScoreSet> scores, Map<String, SortedMap<Integer, EpochRecord>> masks) {
    Lookups {
        scores = Map.copyOf(scores);
        masks = Map.copyOf(masks);
    }

    /** The masks that a policy names. */
    SortedMap<Integer, EpochRecord> masks(String of) {
        return Objects.requireNonNull(masks.get(of.replaceFirst("@.*", "")), of);
    }

    /** The bits of a set of examples. */
    static BitSet bits(com.google.protobuf.ByteString bits) {
        return BitSet.valueOf(bits.asReadOnlyByteBuffer());
    }

    /** What is wrong with the record of a run, by the masks that survive of it. */
    static List<String> check(Survivors survivors, SortedMap<Integer, EpochRecord> recorded) {
        Map<Integer, BitSet> selected = new HashMap<>();
        survivors.surviving().stream()
                .filter(entry -> entry.message().hasBatchLosses())
                .forEach(entry -> {
                    var batch = entry.message().getBatchLosses();
                    var answer = survivors
                            .answers()
                            .get(new Survivors.Asked(entry.message().getAttempt(), batch.getEpoch(), batch.getBatch()));
                    BitSet epoch = selected.computeIfAbsent(batch.getEpoch(), key -> new BitSet());
                    if (answer != null) {
                        bits(answer.getBatchMask().getSelected()).stream()
                                .map(batch::getIndices)
                                .forEach(epoch::set);
                    }
                });
        return selected.entrySet().stream()
                .filter(epoch -> !recorded.containsKey(epoch.getKey())
                        || !bits(recorded.get(epoch.getKey()).getSelected()).equals(epoch.getValue())
                        || recorded.get(epoch.getKey()).getFirstBatch() != 0)
                .map(epoch -> "record: that of epoch " + epoch.getKey() + " is not what its masks selected")
                .sorted()
                .toList();
    }
}
