package org.dietsb.trainer.dataset;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The checksums of the files of a split when they were last read, and the states that the files had then: {@value #MAGIC}, one record of
 * 72 bytes for each file, in the order of the index, and a SHA-256 of all before it. A file that does not match its checksum is not
 * believed.
 */
final class SeenFiles {
    private static final String MAGIC = "dietsb-seen-1";
    private static final int CHECKSUM = 32;
    private static final int RECORD = 5 * Long.BYTES + CHECKSUM;
    private static final int BUFFER = 1 << 16;
    private static final Logger LOG = Logger.getLogger(SeenFiles.class);

    private SeenFiles() {}

    /** Returns the file for a split. */
    static Path of(Path cache, Path split) throws IOException {
        return cache.resolve(Sha256.hex(MAGIC + "\n" + split.toRealPath()) + ".seen");
    }

    /** Whether the file is whole and unaltered. */
    private static boolean isWhole(Path file) throws IOException {
        long size = Files.size(file);
        long records = size - MAGIC.length() - CHECKSUM;
        if (records < 0 || records % RECORD != 0) {
            return false;
        }
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] magic = in.readNBytes(MAGIC.length());
            digest.update(magic);
            byte[] buffer = new byte[BUFFER];
            for (long left = records; left > 0; ) {
                int read = in.readNBytes(buffer, 0, (int) Math.min(left, BUFFER));
                if (read == 0) {
                    return false;
                }
                digest.update(buffer, 0, read);
                left -= read;
            }
            return new String(magic, StandardCharsets.UTF_8).equals(MAGIC)
                    && Arrays.equals(digest.digest(), in.readNBytes(CHECKSUM));
        }
    }

    /** Reads the records once, in the order of their keys. */
    static final class Reader implements AutoCloseable {
        private final @Nullable DataInputStream in;
        private long left;
        private long key;
        private FileState state = new FileState(0, 0, 0, 0);
        private byte[] checksum = {};
        private boolean hasOne;

        /** Opens a file; there are no records if it does not exist, or is truncated or modified. */
        Reader(Path file) {
            DataInputStream opened = null;
            try {
                if (Files.isRegularFile(file)) {
                    if (isWhole(file)) {
                        opened = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
                        opened.skipNBytes(MAGIC.length());
                        left = (Files.size(file) - MAGIC.length() - CHECKSUM) / RECORD;
                    } else {
                        LOG.warnf("%s is truncated or modified; reading all files again", file);
                    }
                }
            } catch (IOException unreadable) {
                LOG.warnf("Cannot read %s: %s", file, Reasons.of(unreadable));
            }
            this.in = opened;
        }

        /** Returns the checksum of the file with this key and state; null if there is none. Keys must be given in their order. */
        byte @Nullable [] find(long wanted, FileState is) {
            while (!hasOne || Long.compareUnsigned(key, wanted) < 0) {
                if (!next()) {
                    return null;
                }
            }
            // Two paths may have one key; their states differ.
            while (key == wanted && !state.equals(is)) {
                if (!next()) {
                    return null;
                }
            }
            return key == wanted ? checksum : null;
        }

        private boolean next() {
            hasOne = false;
            if (left == 0 || in == null) {
                return false;
            }
            try {
                key = in.readLong();
                state = new FileState(in.readLong(), in.readLong(), in.readLong(), in.readLong());
                checksum = in.readNBytes(CHECKSUM);
                left--;
                hasOne = checksum.length == CHECKSUM;
            } catch (IOException unreadable) {
                LOG.warnf("Cannot read what was seen of a split: %s", Reasons.of(unreadable));
                left = 0;
            }
            return hasOne;
        }

        @Override
        public void close() {
            try (DataInputStream unused = in) {
                hasOne = false;
            } catch (IOException failed) {
                LOG.debugf("Cannot close what was seen of a split: %s", failed.getMessage());
            }
        }
    }

    /** Writes the records. The file appears complete or not at all; if it cannot be written, the files are read again next time. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final MessageDigest digest = Sha256.digest();
        private @Nullable Path unfinished;
        private @Nullable DataOutputStream out;

        Writer(Path file) {
            this.file = file;
            try {
                Path temporary = Files.createTempFile(file.resolveSibling(""), ".seen", "");
                this.unfinished = temporary;
                DataOutputStream opened = new DataOutputStream(new BufferedOutputStream(
                        new DigestOutputStream(Files.newOutputStream(temporary), digest), BUFFER));
                this.out = opened;
                opened.write(MAGIC.getBytes(StandardCharsets.UTF_8));
            } catch (IOException failed) {
                giveUp(failed);
            }
        }

        private void giveUp(IOException failed) {
            LOG.warnf("Cannot write %s: %s", file, Reasons.of(failed));
            close();
        }

        void add(long key, FileState state, byte[] checksum) {
            if (out == null) {
                return;
            }
            try {
                out.writeLong(key);
                out.writeLong(state.device());
                out.writeLong(state.inode());
                out.writeLong(state.size());
                out.writeLong(state.changed());
                out.write(checksum);
            } catch (IOException failed) {
                giveUp(failed);
            }
        }

        void finish() {
            if (out == null || unfinished == null) {
                return;
            }
            try {
                out.flush();
                out.write(digest.digest());
                out.close();
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failed) {
                giveUp(failed);
            }
        }

        @Override
        public void close() {
            try (DataOutputStream unused = out) {
                if (unfinished != null) {
                    Files.deleteIfExists(unfinished);
                }
            } catch (IOException failed) {
                LOG.debugf("Cannot close %s: %s", unfinished, failed.getMessage());
            }
            out = null;
            unfinished = null;
        }
    }
}
