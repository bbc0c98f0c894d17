package org.dietsb.selector.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.BitSet;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.jspecify.annotations.Nullable;

/**
 * The examples that the running epoch of a run has selected so far: a function of the log. Of the masks of this run, those of
 * rcap depend on it, and those of a run whose proxy this is do. Not thread-safe.
 */
public final class Recording {
    /** Size of the largest training set that is recorded. */
    public static final int MOST_EXAMPLES = 16_777_216;

    private final int examples;
    private BitSet selected = new BitSet();
    private BitSet before = new BitSet();
    /** The epoch of {@link #before}; 0 if none is kept. */
    private int epochBefore;

    private boolean keepsBefore;

    private ByteString kept = ByteString.EMPTY;
    /** The running epoch, from 1; 0 if none was opened. */
    private int epoch;

    private int firstBatch;
    private boolean weighted;
    /** Number of parts of a serialized form that were taken in. */
    private int added;

    private @Nullable Policy policy;

    /** Creates an empty recording for a training set of this size. */
    public Recording(int examples) {
        this.examples = examples;
    }

    /**
     * Takes in one of the {@link #noted} of another recording of this epoch, in their order; none of an invalid one, and
     * none after the last.
     *
     * @throws IllegalArgumentException if it is invalid or of another number of examples
     */
    public void add(ByteString noted) {
        int parts = ExampleParts.count(examples);
        if (noted.isEmpty() || !isKept() || (parts == 1 && added == 1)) {
            return;
        }
        EpochRecord record;
        try {
            record = EpochRecord.parseFrom(noted);
        } catch (InvalidProtocolBufferException unreadable) {
            throw new IllegalArgumentException("a state's record is unparseable", unreadable);
        }
        if (record.getPart() != added || record.getParts() != (parts == 1 ? 0 : parts) || added == parts) {
            throw new IllegalArgumentException("part " + Integer.toUnsignedString(record.getPart()) + " of "
                    + Integer.toUnsignedString(record.getParts()) + " of a state's record came, allowed is part "
                    + added
                    + " of " + parts);
        }
        int size = ExampleParts.size(examples, added);
        BitSet ofPart = Bits.fromWire("selected", record.getSelected(), size);
        if (!record.getKept().isEmpty()) {
            Bits.fromWire("kept", record.getKept(), size);
        }
        Policy by = record.hasPolicy() ? PolicyWire.fromWire(record.getPolicy()) : null;
        int first = added * ExampleParts.EXAMPLES;
        ofPart.stream().forEach(place -> selected.set(first + place));
        kept = kept.concat(record.getKept());
        epoch = record.getEpoch();
        firstBatch = record.getFirstBatch();
        weighted = record.getWeighted();
        policy = by;
        added++;
    }

    /** Keeps the selection of the previous epoch too, which takes half as much memory again. */
    public Recording keepingTheEpochBefore() {
        keepsBefore = true;
        return this;
    }

    /** Returns the size in bytes. */
    public static long bytes(int examples) {
        return examples > MOST_EXAMPLES ? 0 : 2L * ((examples + 7) / 8);
    }

    private boolean isKept() {
        return examples <= MOST_EXAMPLES;
    }

    /** The running epoch, from 1; 0 before the first. */
    public int epoch() {
        return epoch;
    }

    /** The bits of the examples that are left in the running epoch, by index; empty if all are, or if it is not recorded. */
    public ByteString kept() {
        return kept;
    }

    /** Begins an epoch. */
    public void opened(EpochMask mask) {
        begin(mask.getEpoch(), 0);
        kept = isKept() ? mask.getKept() : ByteString.EMPTY;
        weighted = !mask.getWeighted().isEmpty();
    }

    private void begin(int next, int batch) {
        if (keepsBefore && epoch != next) {
            BitSet reused = before;
            before = selected;
            epochBefore = epoch;
            selected = reused;
        }
        epoch = next;
        firstBatch = batch;
        selected.clear();
        kept = ByteString.EMPTY;
        weighted = false;
        policy = null;
    }

    /**
     * Adds a judged batch.
     *
     * @param places of the selected examples within the batch
     */
    public void judged(int ofEpoch, int batch, Policy by, int[] indices, BitSet places) {
        if (!isKept()) {
            return;
        }
        if (ofEpoch != epoch) {
            begin(ofEpoch, batch);
        }
        if (policy == null) {
            policy = by;
        }
        weighted |= by.kind() == PolicyKind.REPB;
        places.stream().forEach(place -> selected.set(indices[place]));
    }

    /** Returns what this epoch has selected so far, by index; null unless it is the running one, or the previous one and kept. */
    public @Nullable BitSet selected(int of) {
        if (!isKept() || of < 1) {
            return null;
        }
        return of == epoch ? selected : of == epochBefore ? before : null;
    }

    /** Returns the record of the running epoch, in parts if there are many examples; none if none of its batches was judged. */
    public List<MaskRecord> records(String runId, long attempt) {
        return policy == null || !isKept()
                ? List.of()
                : ExampleParts.of(wire()).stream()
                        .map(part -> ExampleParts.message(runId, attempt, part))
                        .toList();
    }

    /** Returns the serialized form, from which another selector can continue, in parts if there are many examples. */
    public List<ByteString> noted() {
        return epoch == 0 || !isKept()
                ? List.of()
                : ExampleParts.of(wire()).stream()
                        .map(EpochRecord::toByteString)
                        .toList();
    }

    private EpochRecord wire() {
        EpochRecord.Builder record = EpochRecord.newBuilder()
                .setEpoch(epoch)
                .setSelected(Bits.toWire(selected, examples))
                .setKept(kept)
                .setFirstBatch(firstBatch)
                .setWeighted(weighted);
        return policy == null
                ? record.build()
                : record.setPolicy(PolicyWire.toWire(policy)).build();
    }
}
