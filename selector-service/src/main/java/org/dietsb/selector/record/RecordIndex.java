package org.dietsb.selector.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.jspecify.annotations.Nullable;

/** Which runs have their masks recorded, and where the epochs lie; bounded in runs and epochs. Thread-safe. */
final class RecordIndex {
    /** Mean number of epochs per run, above which the oldest runs are dropped. */
    private static final long EPOCHS_PER_RUN = 1_000;

    /** Bytes of the entry of a record of an epoch, or of a part of one. */
    private static final int EPOCH_BYTES = 400;

    private final int mostRuns;
    private final long mostEpochs;
    /** By run; the one updated last is at the end. */
    private final Map<String, Known> runs = new LinkedHashMap<>();
    /** Number of records of epochs, and of parts of epochs, of all runs. */
    private int epochs;

    private static final class Known {
        final SortedMap<Integer, IndexedEpoch> epochs = new TreeMap<>();
        long attempt;

        @Nullable
        RunRecord run;

        /** Its description, which takes a digest of all epochs; null after a change. */
        @Nullable
        RecordedRun described;
    }

    /**
     * Creates an empty one.
     *
     * @param mostBytes of memory that the epochs of all runs may take
     */
    RecordIndex(int mostRuns, long mostBytes) {
        this.mostRuns = mostRuns;
        this.mostEpochs = Math.min(EPOCHS_PER_RUN * mostRuns, mostBytes / EPOCH_BYTES);
    }

    /** Adds an epoch, unless one of a later attempt is there. A run that goes on in another attempt has not ended. */
    synchronized void add(String runId, IndexedEpoch epoch) {
        Known known = touched(runId);
        IndexedEpoch before = known.epochs.get(epoch.number());
        if (before != null && before.attempt() > epoch.attempt()) {
            return;
        }
        IndexedEpoch now = before == null ? epoch : before.with(epoch);
        known.epochs.put(epoch.number(), now);
        epochs += now.records() - (before == null ? 0 : before.records());
        if (known.run != null && epoch.attempt() > known.attempt) {
            known.run = null;
        }
    }

    /** Adds the record of a run that has ended, unless that of a later attempt is there. */
    synchronized void add(MaskRecord message, RunRecord run) {
        Known known = touched(message.getRunId());
        if (known.run == null || known.attempt <= message.getAttempt()) {
            known.run = run;
            known.attempt = message.getAttempt();
        }
    }

    /** Returns the entry of a run, moved to the end. */
    private Known touched(String runId) {
        Known removed = runs.remove(runId);
        Known known = removed == null ? new Known() : removed;
        known.described = null;
        runs.put(runId, known);
        while (runs.size() > mostRuns || (runs.size() > 1 && epochs > mostEpochs)) {
            var oldest = runs.values().iterator();
            epochs -= oldest.next().epochs.values().stream()
                    .mapToInt(IndexedEpoch::records)
                    .sum();
            oldest.remove();
        }
        return known;
    }

    /** Returns all runs; the one updated last is at the end. */
    synchronized List<RecordedRun> all() {
        List<RecordedRun> all = new ArrayList<>();
        runs.forEach((id, known) -> all.add(described(id, known)));
        return all;
    }

    /** Returns what is recorded of a run. */
    synchronized Optional<RecordedRun> describe(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(known -> described(runId, known));
    }

    /** Returns what would be recorded of a run with this record of its end. */
    synchronized RecordedRun with(String runId, RunRecord run) {
        Known would = new Known();
        Known known = runs.get(runId);
        if (known != null) {
            would.epochs.putAll(known.epochs);
        }
        would.run = run;
        return described(runId, would);
    }

    /** Returns the entry of an epoch. */
    synchronized Optional<IndexedEpoch> find(String runId, int epoch) {
        return Optional.ofNullable(runs.get(runId)).map(known -> known.epochs.get(epoch));
    }

    private static RecordedRun described(String id, Known known) {
        RecordedRun before = known.described;
        if (before == null) {
            before = describedNow(id, known);
            known.described = before;
        }
        return before;
    }

    private static RecordedRun describedNow(String id, Known known) {
        RunRecord run = known.run;
        SortedMap<Integer, IndexedEpoch> epochs =
                run == null ? known.epochs : known.epochs.headMap(run.getEpochs() + 1);
        List<RecordedRun.Epoch> each =
                epochs.values().stream().map(IndexedEpoch::described).toList();
        String missing = RecordRules.missing(id, run, epochs);
        String checksum = run == null || !missing.isEmpty() ? null : RecordRules.checksum(run.getFingerprint(), epochs);
        long attempt = run == null
                ? epochs.values().stream()
                        .mapToLong(IndexedEpoch::attempt)
                        .max()
                        .orElse(0)
                : known.attempt;
        return new RecordedRun(
                id, attempt, checksum, run, checksum == null ? missing : RecordRules.weighted(id, epochs), each);
    }
}
