package org.dietsb.selector.record;

import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.policy.Policy;

/**
 * Where the record of an epoch is in the topic, in one or more parts, and its content besides the masks.
 *
 * @param number of the epoch, from 1
 * @param parts number of parts that there must be
 * @param pieces those that are there, by part
 * @param firstBatch the first batch whose mask is recorded
 * @param weighted whether examples had weights, which are not recorded
 * @param policy that judged the first batch
 */
record IndexedEpoch(
        long attempt,
        int number,
        int parts,
        SortedMap<Integer, Piece> pieces,
        int firstBatch,
        boolean weighted,
        Policy policy) {

    /**
     * A record in the topic.
     *
     * @param digest of the masks
     * @param bytes of the selected bits
     * @param end the highest example of the part that the masks name, + 1
     * @param selected number of selected examples
     * @param kept number of examples that the diet left; -1 if it left all
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
    record Piece(long offset, byte[] digest, int bytes, int end, int selected, int kept) {}

    /** Returns the entry of the epoch with a later record of it, which replaces those of other attempts. */
    IndexedEpoch with(IndexedEpoch later) {
        if (later.attempt != attempt || later.parts != parts) {
            return later;
        }
        SortedMap<Integer, Piece> all = new TreeMap<>(pieces);
        all.putAll(later.pieces);
        return new IndexedEpoch(attempt, number, parts, all, later.firstBatch, later.weighted, later.policy);
    }

    /** Whether all parts are there. */
    boolean isWhole() {
        return pieces.size() == parts;
    }

    /** Number of records. */
    int records() {
        return pieces.size();
    }

    /** Returns the offsets and digests of all parts, in order; none if some are missing. */
    List<Piece> whole() {
        return isWhole() ? List.copyOf(pieces.values()) : List.of();
    }

    /** Bytes of the selected bits of all parts that are there. */
    int bytes() {
        return pieces.values().stream().mapToInt(Piece::bytes).sum();
    }

    /** The highest example that the masks name, + 1. */
    int end() {
        return pieces.entrySet().stream()
                .mapToInt(piece ->
                        piece.getValue().end == 0 ? 0 : piece.getKey() * ExampleParts.EXAMPLES + piece.getValue().end)
                .max()
                .orElse(0);
    }

    /** The digest of the masks: of those of the parts, if there are several. */
    byte[] digest() {
        if (parts == 1) {
            return Objects.requireNonNull(pieces.get(0)).digest;
        }
        MessageDigest digest = Sha256.digest();
        pieces.values().forEach(piece -> digest.update(piece.digest));
        return digest.digest();
    }

    RecordedRun.Epoch described() {
        boolean all = pieces.values().stream().allMatch(piece -> piece.kept < 0);
        return new RecordedRun.Epoch(
                number,
                pieces.values().stream().mapToInt(Piece::selected).sum(),
                all
                        ? null
                        : pieces.values().stream()
                                .mapToInt(piece -> Math.max(0, piece.kept))
                                .sum(),
                policy);
    }
}
