package org.dietsb.faults.check;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Lookups;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.reference.Question;
import org.dietsb.faults.reference.Reference;
import org.dietsb.faults.reference.Survivors;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;

/**
 * Checks that a run lost nothing: its surviving messages train each batch of each epoch once, each mask follows from the log
 * alone, and its end is that of the undisturbed run, bit by bit.
 */
public final class Checker {
    private Checker() {}

    /**
     * Returns what is wrong, in words; empty if nothing is.
     *
     * @param reference the run without faults, with the surviving revisions
     * @param lookups everything that diets and replays use
     */
    public static List<String> check(Recording recording, Reference reference, Lookups lookups) {
        Complaints complaints = new Complaints();
        Survivors survivors = Survivors.of(recording.losses(), lookups);
        survivors.complaints().forEach(complaint -> complaints.add("log", complaint));
        new LossChecks(recording, survivors, reference, complaints).check();
        new MaskChecks(recording, survivors, reference, complaints).check();
        new EndChecks(recording, survivors, reference, complaints).check();
        return complaints.words();
    }

    /** Returns the epochs of a run's record that are not what its surviving masks selected. */
    public static List<String> checkRecord(Survivors survivors, SortedMap<Integer, EpochRecord> recorded) {
        Map<Integer, BitSet> selected = new HashMap<>();
        for (Entry<LossMessage> entry : survivors.surviving()) {
            if (!entry.message().hasBatchLosses()) {
                continue;
            }
            var batch = entry.message().getBatchLosses();
            BitSet epoch = selected.computeIfAbsent(batch.getEpoch(), key -> new BitSet());
            MaskMessage answer =
                    survivors.answers().get(Question.of(entry.message()).orElseThrow());
            if (answer != null) {
                Lookups.bits(answer.getBatchMask().getSelected()).stream()
                        .map(batch::getIndices)
                        .forEach(epoch::set);
            }
        }
        return selected.entrySet().stream()
                .filter(epoch -> {
                    EpochRecord record = recorded.get(epoch.getKey());
                    return record == null
                            || !Lookups.bits(record.getSelected()).equals(epoch.getValue())
                            || record.getFirstBatch() != 0;
                })
                .map(epoch -> "record: that of epoch " + epoch.getKey() + " is not what its masks selected")
                .sorted()
                .toList();
    }
}
