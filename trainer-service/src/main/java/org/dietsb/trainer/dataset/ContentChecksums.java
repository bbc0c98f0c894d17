package org.dietsb.trainer.dataset;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.dietsb.contracts.Sha256;

/** The checksums of the content of a split: one of all files in order, and the first 8 bytes of that of each file. */
final class ContentChecksums {
    private final String start;
    private final long[] starts;
    private MessageDigest digest = Sha256.digest();
    private int count;

    /** Prepares for a number of files. */
    ContentChecksums(String start, int files) {
        this.start = start;
        this.starts = new long[files];
        clear();
    }

    /** Forgets all files. */
    void clear() {
        digest = Sha256.digest();
        digest.update(start.getBytes(StandardCharsets.UTF_8));
        count = 0;
    }

    /** Adds the checksum of the next file. */
    void add(byte[] checksum) {
        digest.update(checksum);
        starts[count++] = PictureIndex.start(checksum);
    }

    /** Returns the checksum of the split, in hex. */
    String ofSplit() {
        try {
            return Sha256.hex((MessageDigest) digest.clone());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("the SHA-256 of Java can be copied", impossible);
        }
    }

    /** Returns the first 8 bytes of the checksum of each file. */
    long[] starts() {
        return starts;
    }
}
