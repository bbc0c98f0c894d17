package org.dietsb.selector.record;

import com.google.protobuf.InvalidProtocolBufferException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Topic mask-records, read whole: which runs have their masks recorded, and where these lie. The masks themselves stay there and
 * are fetched when they are wanted, so that memory is bounded by the number of runs and epochs. Thread-safe.
 */
@ApplicationScoped
public class MaskRecords {
    /** Compacted, one partition. */
    public static final String TOPIC = "mask-records";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Bytes of the bits of the largest training set that is recorded. */
    private static final int MOST_BYTES = Recording.MOST_EXAMPLES / 8;
    /** An epoch of a run whose record has so many is no sensible one; each takes some 200 bytes. */
    private static final int MOST_EPOCHS = 100_000;
    /** In the mean, beyond which the oldest runs make room. */
    private static final long EPOCHS_A_RUN = 1_000;

    /** By run, whose news came last at the end. */
    private final Map<String, Known> runs = new LinkedHashMap<>();

    /** Epochs of all these. */
    private int lines;

    private final RecordLog log;
    private final ReadPosition position;
    private final int mostRuns;

    /** What is known of the masks that are to be replayed. */
    public sealed interface Found {
        /** All of them. */
        record Whole(RecordedRun run) implements Found {
            /** That record and no other, as a policy names it. */
            public String of() {
                return run.runId() + "@" + run.checksum();
            }
        }

        /** Why they cannot be used, in words. */
        record Unusable(String reason) implements Found {}
    }

    /**
     * The masks of an epoch.
     *
     * @param kept what the diet left; null where it left all
     */
    public record Masks(BitSet selected, @Nullable BitSet kept) {}

    /** Where an epoch lies, and what is told of it. */
    private record Line(
            long attempt,
            long offset,
            byte[] digest,
            int bytes,
            int end,
            int firstBatch,
            boolean weighted,
            RecordedRun.Epoch epoch) {}

    private static final class Known {
        final SortedMap<Integer, Line> epochs = new TreeMap<>();
        long attempt;

        @Nullable
        RunRecord run;
    }

    @Inject
    MaskRecords(
            TopicEnds ends,
            DeadLetters deadLetters,
            RecordLog log,
            @ConfigProperty(name = "dietsb.selector.most-records") int mostRuns) {
        this(new ReadPosition(TOPIC, ends, deadLetters), log, mostRuns);
    }

    MaskRecords(ReadPosition position, RecordLog log, int mostRuns) {
        this.position = position;
        this.log = log;
        this.mostRuns = mostRuns;
    }

    /** Waits until what was there at the start is read; false if that took too long. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitCaughtUp(timeout);
    }

    /** Waits until what is there now is read; false if that took too long. */
    boolean awaitEnd() throws InterruptedException {
        return position.awaitEnd(PATIENCE);
    }

    /** All that are known, that of which something was told last at the end. */
    public synchronized List<RecordedRun> all() {
        List<RecordedRun> all = new ArrayList<>();
        runs.forEach((id, known) -> all.add(told(id, known)));
        return all;
    }

    /** What is recorded of a run. */
    public synchronized Optional<RecordedRun> describe(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(known -> told(runId, known));
    }

    /**
     * The masks that a policy names, of a training set like this one; waits, within bounds, until this reader has read what was there before.
     *
     * @param of a run id, or with @ and a checksum one record of it
     * @param examples of the training set; 0 where it is not known yet, nor its fingerprint
     */
    public Found find(String of, int examples, String fingerprint) {
        Found found = found(of, examples, fingerprint);
        if (found instanceof Found.Whole) {
            return found;
        }
        try {
            if (!position.awaitEnd(PATIENCE)) {
                return new Found.Unusable(
                        "the masks of " + of + " cannot be looked up: topic " + TOPIC + " is not read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return found(of, examples, fingerprint);
    }

    private synchronized Found found(String of, int examples, String fingerprint) {
        String runId = of.replaceFirst("@.*", "");
        Known known = runs.get(runId);
        if (known == null) {
            return new Found.Unusable("the masks of run " + runId + " are not recorded");
        }
        RecordedRun run = told(runId, known);
        if (!run.missing().isEmpty()) {
            return new Found.Unusable(run.missing());
        }
        if (examples != 0 && (run.examples() != examples || !fingerprint.equals(run.fingerprint()))) {
            return new Found.Unusable("the masks of run " + runId + " are of another dataset than this run's: of "
                    + run.dataset() + ", " + run.examples() + " examples, fingerprint " + run.fingerprint());
        }
        Found.Whole whole = new Found.Whole(run);
        return of.equals(runId) || of.equals(whole.of())
                ? whole
                : new Found.Unusable("the masks of " + of + " are recorded no more: run " + runId
                        + " has others, checksum " + run.checksum());
    }

    /**
     * The masks of an epoch of a run; empty where the topic has them no more.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not tell in time
     */
    public Optional<Masks> masks(RecordedRun run, int epoch) {
        return epoch(run.runId(), epoch)
                .map(record -> new Masks(
                        Bits.fromWire("selected", record.getSelected(), run.examples()),
                        record.getKept().isEmpty() ? null : Bits.fromWire("kept", record.getKept(), run.examples())));
    }

    /**
     * The masks of an epoch that is over, of a run that may go on; empty where they are not there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not tell in time
     */
    public Optional<Masks> masks(String runId, int epoch, int examples) throws InterruptedException {
        var unused = position.awaitEnd(PATIENCE);
        return epoch(runId, epoch)
                .filter(record ->
                        record.getFirstBatch() == 0 && record.getSelected().size() == (examples + 7) / 8)
                .map(record -> new Masks(Bits.fromWire("selected", record.getSelected(), examples), null));
    }

    /** The record of an epoch as it lies in the topic; empty where it does not. */
    Optional<EpochRecord> epoch(String runId, int epoch) {
        Line line;
        synchronized (this) {
            Known known = runs.get(runId);
            line = known == null ? null : known.epochs.get(epoch);
        }
        if (line == null) {
            return Optional.empty();
        }
        return log.at(line.offset).flatMap(value -> {
            try {
                EpochRecord record = MaskRecord.parseFrom(value).getEpoch();
                return MessageDigest.isEqual(digest(record), line.digest) ? Optional.of(record) : Optional.empty();
            } catch (InvalidProtocolBufferException unreadable) {
                return Optional.empty();
            }
        });
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(MaskRecord.parseFrom(value), message.offset()));
    }

    /**
     * Refuses what would be a dead letter.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static void check(MaskRecord record) {
        RunId.check("run id", record.getRunId());
        if (record.hasEpoch()) {
            var unused = line(record, 0);
        } else {
            var unused = checked(record.getRun());
        }
    }

    /** What would be recorded if this were said of the run. */
    synchronized RecordedRun with(String runId, RunRecord run) {
        Known would = new Known();
        Known known = runs.get(runId);
        if (known != null) {
            would.epochs.putAll(known.epochs);
        }
        would.run = run;
        return told(runId, would);
    }

    private void accept(MaskRecord record, long offset) {
        RunId.check("run id", record.getRunId());
        switch (record.getRecordCase()) {
            case EPOCH -> add(record, line(record, offset));
            case RUN -> add(record, checked(record.getRun()));
            case RECORD_NOT_SET -> throw new IllegalArgumentException("a record of nothing that this version knows");
        }
    }

    private static Line line(MaskRecord message, long offset) {
        EpochRecord record = message.getEpoch();
        int bytes = record.getSelected().size();
        int kept = record.getKept().size();
        if (record.getEpoch() < 1 || record.getEpoch() > MOST_EPOCHS) {
            throw new IllegalArgumentException("epoch is " + Integer.toUnsignedString(record.getEpoch())
                    + ", allowed is [1, " + MOST_EPOCHS + "]");
        }
        if (bytes < 1 || bytes > MOST_BYTES || (kept != 0 && kept != bytes)) {
            throw new IllegalArgumentException("an epoch of " + bytes + " bytes selected and " + kept
                    + " kept, allowed is [1, " + MOST_BYTES + "], and as many or none");
        }
        BitSet selected = BitSet.valueOf(record.getSelected().asReadOnlyByteBuffer());
        BitSet left = BitSet.valueOf(record.getKept().asReadOnlyByteBuffer());
        return new Line(
                message.getAttempt(),
                offset,
                digest(record),
                bytes,
                Math.max(selected.length(), left.length()),
                record.getFirstBatch(),
                record.getWeighted(),
                new RecordedRun.Epoch(
                        record.getEpoch(),
                        selected.cardinality(),
                        kept == 0 ? null : left.cardinality(),
                        PolicyWire.fromWire(record.getPolicy())));
    }

    private static RunRecord checked(RunRecord run) {
        if (run.getExamples() < 1 || run.getExamples() > Recording.MOST_EXAMPLES || run.getEpochs() < 1) {
            throw new IllegalArgumentException("a run of " + Integer.toUnsignedString(run.getExamples())
                    + " examples and " + Integer.toUnsignedString(run.getEpochs()) + " epochs, allowed is [1, "
                    + Recording.MOST_EXAMPLES + "], and 1 or more");
        }
        return run;
    }

    private synchronized void add(MaskRecord record, Line line) {
        Known known = touched(record.getRunId());
        Line before = known.epochs.get(line.epoch.epoch());
        if (before != null && before.attempt > line.attempt) {
            return;
        }
        known.epochs.put(line.epoch.epoch(), line);
        lines += before == null ? 1 : 0;
        if (known.run != null && line.attempt > known.attempt) {
            // The run goes on in another attempt.
            known.run = null;
        }
    }

    private synchronized void add(MaskRecord record, RunRecord run) {
        Known known = touched(record.getRunId());
        if (known.run == null || known.attempt <= record.getAttempt()) {
            known.run = run;
            known.attempt = record.getAttempt();
        }
    }

    /** That of this run, the last now. */
    private Known touched(String runId) {
        Known removed = runs.remove(runId);
        Known known = removed == null ? new Known() : removed;
        runs.put(runId, known);
        while (runs.size() > mostRuns || (runs.size() > 1 && lines > EPOCHS_A_RUN * mostRuns)) {
            var oldest = runs.values().iterator();
            lines -= oldest.next().epochs.size();
            oldest.remove();
        }
        return known;
    }

    private static RecordedRun told(String id, Known known) {
        RunRecord run = known.run;
        SortedMap<Integer, Line> epochs = run == null ? known.epochs : known.epochs.headMap(run.getEpochs() + 1);
        List<RecordedRun.Epoch> lines =
                epochs.values().stream().map(Line::epoch).toList();
        String missing = missing(id, run, epochs);
        if (run == null) {
            return new RecordedRun(id, attempt(epochs), null, null, 0, null, null, 0, 0, null, null, missing, lines);
        }
        return new RecordedRun(
                id,
                known.attempt,
                missing.isEmpty() ? checksum(run.getFingerprint(), epochs) : null,
                run.getDataset(),
                run.getExamples(),
                run.getFingerprint(),
                run.getModel(),
                run.getSeed(),
                run.getBatchSize(),
                run.getReason(),
                run.hasAccuracy() ? run.getAccuracy() : null,
                missing,
                lines);
    }

    private static long attempt(SortedMap<Integer, Line> epochs) {
        return epochs.values().stream().mapToLong(Line::attempt).max().orElse(0);
    }

    private static String missing(String id, @Nullable RunRecord run, SortedMap<Integer, Line> epochs) {
        String partial = "the record of run " + id + " is partial: ";
        if (run == null) {
            return partial + "the run is not over";
        }
        if (!run.getReason().equals("completed")) {
            return partial + "the run ended in epoch " + run.getEpochs() + ": " + run.getReason();
        }
        for (int epoch = 1; epoch <= run.getEpochs(); epoch++) {
            Line line = epochs.get(epoch);
            if (line == null) {
                return partial + "epoch " + epoch + " of " + run.getEpochs() + " is not there";
            }
            if (line.firstBatch > 0) {
                return partial + "epoch " + epoch + " has no masks before batch " + line.firstBatch;
            }
            if (line.bytes != (run.getExamples() + 7) / 8 || line.end > run.getExamples()) {
                return "the record of run " + id + " is damaged: epoch " + epoch + " is not of its " + run.getExamples()
                        + " examples";
            }
            if (line.weighted) {
                return "the masks of run " + id + " cannot be replayed: in epoch " + epoch
                        + " its examples had weights, which are not recorded";
            }
        }
        return "";
    }

    private static String checksum(String fingerprint, SortedMap<Integer, Line> epochs) {
        MessageDigest all = Sha256.digest();
        all.update(fingerprint.getBytes(StandardCharsets.UTF_8));
        epochs.forEach((epoch, line) -> {
            all.update(ByteBuffer.allocate(Integer.BYTES).putInt(epoch).array());
            all.update(line.digest);
        });
        return HexFormat.of().formatHex(all.digest(), 0, 8);
    }

    private static byte[] digest(EpochRecord record) {
        MessageDigest digest = Sha256.digest();
        digest.update(record.getSelected().asReadOnlyByteBuffer());
        digest.update(record.getKept().asReadOnlyByteBuffer());
        return digest.digest();
    }
}
