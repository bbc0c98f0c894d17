package org.dietsb.selector.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.jspecify.annotations.Nullable;

/** Which records are valid, and which make the record of a run whole. */
final class RecordRules {
    /** Maximum number of parts of an epoch. */
    private static final int MOST_PARTS = ExampleParts.count(Recording.MOST_EXAMPLES);
    /** Maximum number of epochs of a run; each takes some 200 bytes. */
    private static final int MOST_EPOCHS = 100_000;

    private RecordRules() {}

    /**
     * Rejects a record that would go to the dead-letter topic.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static void check(MaskRecord record) {
        RunId.check("run id", record.getRunId());
        if (record.hasEpoch() || record.hasEpochPart()) {
            var unused = epoch(record, 0);
        } else {
            var unused = run(record);
        }
    }

    /**
     * Rejects the bits of an epoch that are not of the same number of examples, or of too many.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static void checkWhole(EpochRecord whole) {
        int bytes = whole.getSelected().size();
        int kept = whole.getKept().size();
        int most = Recording.MOST_EXAMPLES / 8;
        if (bytes < 1 || bytes > most || (kept != 0 && kept != bytes)) {
            throw new IllegalArgumentException("an epoch of " + bytes + " bytes selected and " + kept
                    + " kept, allowed is [1, " + most + "], and as many or none");
        }
    }

    /**
     * Returns the index entry of a valid record of an epoch, or of a part of one.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static IndexedEpoch epoch(MaskRecord message, long offset) {
        EpochRecord record = message.hasEpoch() ? message.getEpoch() : message.getEpochPart();
        int bytes = record.getSelected().size();
        int kept = record.getKept().size();
        if (record.getEpoch() < 1 || record.getEpoch() > MOST_EPOCHS) {
            throw new IllegalArgumentException("epoch is " + Integer.toUnsignedString(record.getEpoch())
                    + ", allowed is [1, " + MOST_EPOCHS + "]");
        }
        if (bytes < 1 || bytes > ExampleParts.BYTES || (kept != 0 && kept != bytes)) {
            throw new IllegalArgumentException("an epoch of " + bytes + " bytes selected and " + kept
                    + " kept, allowed is [1, " + ExampleParts.BYTES + "], and as many or none");
        }
        int part = record.getPart();
        int parts = message.hasEpoch() ? 1 : record.getParts();
        if (message.hasEpochPart() && (parts < 2 || parts > MOST_PARTS)) {
            throw new IllegalArgumentException(
                    "an epoch of " + Integer.toUnsignedString(parts) + " parts, allowed is [2, " + MOST_PARTS + "]");
        }
        if (part < 0 || part >= parts || (part < parts - 1 && bytes != ExampleParts.BYTES)) {
            throw new IllegalArgumentException("part " + Integer.toUnsignedString(part) + " of " + parts + " with "
                    + bytes + " bytes, allowed is [0, " + parts + "), and " + ExampleParts.BYTES
                    + " of all but the last");
        }
        BitSet selected = BitSet.valueOf(record.getSelected().asReadOnlyByteBuffer());
        BitSet left = BitSet.valueOf(record.getKept().asReadOnlyByteBuffer());
        IndexedEpoch.Piece piece = new IndexedEpoch.Piece(
                offset,
                digest(record),
                bytes,
                Math.max(selected.length(), left.length()),
                selected.cardinality(),
                kept == 0 ? -1 : left.cardinality());
        return new IndexedEpoch(
                message.getAttempt(),
                record.getEpoch(),
                parts,
                new TreeMap<>(Map.of(part, piece)),
                record.getFirstBatch(),
                record.getWeighted(),
                PolicyWire.fromWire(record.getPolicy()));
    }

    /**
     * Returns the valid record of a run.
     *
     * @throws IllegalArgumentException naming what is out of its range
     */
    static RunRecord run(MaskRecord message) {
        RunRecord run = message.getRun();
        if (run.getExamples() < 1 || run.getExamples() > Recording.MOST_EXAMPLES || run.getEpochs() < 1) {
            throw new IllegalArgumentException("a run of " + Integer.toUnsignedString(run.getExamples())
                    + " examples and " + Integer.toUnsignedString(run.getEpochs()) + " epochs, allowed is [1, "
                    + Recording.MOST_EXAMPLES + "], and 1 or more");
        }
        return run;
    }

    /**
     * Returns what the record of a run lacks, in words; empty if it has all masks.
     *
     * @param run null until the run has ended
     */
    static String missing(String id, @Nullable RunRecord run, SortedMap<Integer, IndexedEpoch> epochs) {
        String partial = "the record of run " + id + " is partial: ";
        if (run == null) {
            return partial + "the run is not over";
        }
        if (!run.getReason().equals("completed")) {
            return partial + "the run ended in epoch " + run.getEpochs() + ": " + run.getReason();
        }
        for (int number = 1; number <= run.getEpochs(); number++) {
            IndexedEpoch epoch = epochs.get(number);
            if (epoch == null) {
                return partial + "epoch " + number + " of " + run.getEpochs() + " is not there";
            }
            if (!epoch.isWhole()) {
                return partial + "epoch " + number + " has " + epoch.records() + " of " + epoch.parts() + " parts";
            }
            if (epoch.firstBatch() > 0) {
                return partial + "epoch " + number + " has no masks before batch " + epoch.firstBatch();
            }
            if (epoch.bytes() != (run.getExamples() + 7) / 8 || epoch.end() > run.getExamples()) {
                return "the record of run " + id + " is damaged: epoch " + number + " is not of its "
                        + run.getExamples() + " examples";
            }
        }
        return "";
    }

    /** Returns why a run whose masks are all recorded cannot be replayed, in words; empty if it can. */
    static String weighted(String id, SortedMap<Integer, IndexedEpoch> epochs) {
        return epochs.entrySet().stream()
                .filter(epoch -> epoch.getValue().weighted())
                .findFirst()
                .map(epoch -> "the masks of run " + id + " cannot be replayed: in epoch " + epoch.getKey()
                        + " its examples had weights, which are not recorded")
                .orElse("");
    }

    /** Returns the checksum of all masks of a run, 16 hexadecimal digits. */
    static String checksum(String fingerprint, SortedMap<Integer, IndexedEpoch> epochs) {
        MessageDigest all = Sha256.digest();
        all.update(fingerprint.getBytes(StandardCharsets.UTF_8));
        epochs.forEach((number, epoch) -> {
            all.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
            all.update(epoch.digest());
        });
        return HexFormat.of().formatHex(all.digest(), 0, 8);
    }

    /** Returns the digest of an epoch's masks. */
    static byte[] digest(EpochRecord record) {
        MessageDigest digest = Sha256.digest();
        digest.update(record.getSelected().asReadOnlyByteBuffer());
        digest.update(record.getKept().asReadOnlyByteBuffer());
        return digest.digest();
    }
}
