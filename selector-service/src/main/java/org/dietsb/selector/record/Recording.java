package org.dietsb.selector.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.BitSet;
import java.util.Optional;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochRecord;
import org.jspecify.annotations.Nullable;

/**
 * The examples that the running epoch of a run has selected so far: a function of the log. The masks of this run do not depend on it;
 * those of a run whose proxy this is do. Not thread-safe.
 */
public final class Recording {
    /** Size of the largest training set that is recorded: two sets of bits fit into a message of 1 MB, with a part of a state. */
    public static final int MOST_EXAMPLES = 2_000_000;

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
    private @Nullable Policy policy;

    /** Creates an empty recording for a training set of this size. */
    public Recording(int examples) {
        this.examples = examples;
    }

    /**
     * Creates a recording from its serialized form.
     *
     * @throws IllegalArgumentException if it is invalid or of another number of examples
     */
    public Recording(int examples, ByteString noted) {
        this(examples);
        if (noted.isEmpty() || !isKept()) {
            return;
        }
        try {
            EpochRecord record = EpochRecord.parseFrom(noted);
            epoch = record.getEpoch();
            selected.or(Bits.fromWire("selected", record.getSelected(), examples));
            kept = record.getKept();
            if (!kept.isEmpty()) {
                Bits.fromWire("kept", kept, examples);
            }
            firstBatch = record.getFirstBatch();
            weighted = record.getWeighted();
            policy = record.hasPolicy() ? PolicyWire.fromWire(record.getPolicy()) : null;
        } catch (InvalidProtocolBufferException unreadable) {
            throw new IllegalArgumentException("a state's record is unparseable", unreadable);
        }
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
        weighted |= by.kind() == Policy.Kind.REPB;
        places.stream().forEach(place -> selected.set(indices[place]));
    }

    /** Returns what this epoch has selected so far, by index; null unless it is the running one, or the previous one and kept. */
    public @Nullable BitSet selected(int of) {
        if (!isKept() || of < 1) {
            return null;
        }
        return of == epoch ? selected : of == epochBefore ? before : null;
    }

    /** Returns the record of the running epoch; empty if none of its batches was judged. */
    public Optional<EpochRecord> record() {
        return policy == null ? Optional.empty() : Optional.of(wire());
    }

    /** Returns the serialized form, from which another selector can continue. */
    public ByteString noted() {
        return epoch == 0 || !isKept() ? ByteString.EMPTY : wire().toByteString();
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
