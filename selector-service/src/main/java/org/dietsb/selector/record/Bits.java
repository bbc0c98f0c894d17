package org.dietsb.selector.record;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.BitSet;

/** Converts sets of examples to bytes: bit i is byte i / 8, 1 << i % 8. */
public final class Bits {
    private Bits() {}

    /** Returns the set as the bytes of n bits. */
    public static ByteString toWire(BitSet set, int n) {
        return ByteString.copyFrom(Arrays.copyOf(set.toByteArray(), (n + 7) / 8));
    }

    /**
     * Returns the set that these bytes hold.
     *
     * @throws IllegalArgumentException if they are not the bytes of n bits, or a bit beyond these is set
     */
    static BitSet fromWire(String field, ByteString bytes, int n) {
        BitSet set = BitSet.valueOf(bytes.asReadOnlyByteBuffer());
        if (bytes.size() != (n + 7) / 8 || set.length() > n) {
            throw new IllegalArgumentException(field + " has " + bytes.size() + " bytes, the last bit is "
                    + (set.length() - 1) + ", allowed are the " + (n + 7) / 8 + " bytes of " + n + " examples");
        }
        return set;
    }
}
