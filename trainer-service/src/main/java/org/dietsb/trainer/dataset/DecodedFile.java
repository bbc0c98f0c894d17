package org.dietsb.trainer.dataset;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Decoded pictures of a split in a memory-mapped file: {@value #MAGIC}, a SHA-256 of all else, the number of pictures, their pixels
 * [count, 3, size, size], uint8, and one line for each file that is no readable picture: its index and the reason.
 *
 * @param bad the files that are no readable pictures
 */
record DecodedFile(Pixels pixels, List<Bad> bad) {
    /** Also the version of the decoding: if decoding gives other pixels, the file has another name. */
    static final String MAGIC = "dietsb-2";

    private static final int CHECKSUM = 32;
    private static final int HEADER = MAGIC.length() + CHECKSUM + Integer.BYTES;

    /** A file that is no readable picture, by its index among all files of the split. */
    record Bad(int index, String reason) {}

    /**
     * Maps a file; returns null if it is truncated or modified.
     *
     * @param files number of files of the split
     */
    static @Nullable DecodedFile map(Path file, int files, int bytesOfOne) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            if (channel.read(header, 0) < HEADER
                    || !new String(header.array(), 0, MAGIC.length(), StandardCharsets.UTF_8).equals(MAGIC)) {
                return null;
            }
            int count = header.getInt(HEADER - Integer.BYTES);
            long lines = channel.size() - HEADER - (long) count * bytesOfOne;
            if (count < 0 || count > files || lines < 0 || lines > Heap.most()) {
                return null;
            }
            ByteBuffer bad = ByteBuffer.allocate((int) lines);
            int unused = channel.read(bad, channel.size() - lines);
            Pixels pixels = new MappedPixels(channel, HEADER, count, bytesOfOne);
            MessageDigest digest = Sha256.digest();
            byte[] image = new byte[bytesOfOne];
            for (int i = 0; i < count; i++) {
                pixels.copy(i, image);
                digest.update(image);
            }
            byte[] computed = finish(digest, bad.array(), count);
            boolean whole =
                    Arrays.equals(computed, Arrays.copyOfRange(header.array(), MAGIC.length(), HEADER - Integer.BYTES));
            return whole ? new DecodedFile(pixels, parse(new String(bad.array(), StandardCharsets.UTF_8))) : null;
        }
    }

    private static byte[] finish(MessageDigest digest, byte[] lines, int count) {
        digest.update(lines);
        return digest.digest(ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
    }

    private static List<Bad> parse(String lines) {
        return lines.lines()
                .map(line -> line.split(" ", 2))
                .map(parts -> new Bad(Integer.parseInt(parts[0]), parts[1]))
                .toList();
    }

    /** Writes a file. */
    static final class Writer implements Closeable {
        private final FileChannel out;
        private final MessageDigest digest = Sha256.digest();
        private final StringBuilder bad = new StringBuilder();
        private int count;
        private long at = HEADER;

        Writer(Path file) throws IOException {
            this.out = FileChannel.open(file, StandardOpenOption.WRITE);
        }

        void add(byte[] picture) throws IOException {
            digest.update(picture);
            append(picture);
            count++;
        }

        void addBad(int index, String reason) {
            bad.append(index).append(' ').append(reason).append('\n');
        }

        /** Completes the file, and forces it to disk. */
        void finish() throws IOException {
            byte[] lines = bad.toString().getBytes(StandardCharsets.UTF_8);
            append(lines);
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            header.put(MAGIC.getBytes(StandardCharsets.UTF_8))
                    .put(DecodedFile.finish(digest, lines, count))
                    .putInt(count);
            at = 0;
            append(header.array());
            out.force(true);
        }

        private void append(byte[] bytes) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                at += out.write(rest, at);
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
