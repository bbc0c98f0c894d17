package org.dietsb.trainer.dataset;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Reads images and labels in the IDX format of MNIST (LeCun, Cortes, Burges), plain or gzipped. */
final class IdxFiles {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int MOST_BYTES = Heap.MOST_OF_A_SET;
    private static final int FIRST_BYTES = 1 << 20;

    private IdxFiles() {}

    /** Finds the file of this name, with .gz, or with the dot before idx that some copies have. */
    static Path find(Path folder, String name) throws DatasetException {
        for (String candidate : new String[] {name, name + ".gz", name.replace("-idx", ".idx")}) {
            if (Files.isRegularFile(folder.resolve(candidate))) {
                return folder.resolve(candidate);
            }
        }
        throw new DatasetException(folder.resolve(name) + " does not exist, with or without .gz");
    }

    /** Whether a folder contains training images. */
    static boolean isIn(Path folder) {
        try {
            return Files.isRegularFile(find(folder, "train-images-idx3-ubyte"));
        } catch (DatasetException missing) {
            return false;
        }
    }

    /** Reads a split of a folder, {@code train} or {@code t10k}. */
    static ImageSet read(Path folder, String split, int classes) throws DatasetException {
        return read(find(folder, split + "-images-idx3-ubyte"), find(folder, split + "-labels-idx1-ubyte"), classes);
    }

    /**
     * Reads a file of images and the file of their labels.
     *
     * @param classes labels are in [0, classes)
     */
    static ImageSet read(Path images, Path labels, int classes) throws DatasetException {
        try (InputStream imageStream = Files.newInputStream(images);
                InputStream labelStream = Files.newInputStream(labels)) {
            return read(imageStream, images.toString(), labelStream, labels.toString(), classes);
        } catch (IOException unreadable) {
            throw new DatasetException(
                    "cannot read " + images + " or " + labels + ": " + Reasons.of(unreadable), unreadable);
        }
    }

    static ImageSet read(InputStream imageStream, String images, InputStream labelStream, String labels, int classes)
            throws DatasetException, IOException {
        InputStream in = unzipped(imageStream, images);
        ByteBuffer head = header(in, images, IMAGES, 16);
        int count = head.getInt();
        int height = head.getInt();
        int width = head.getInt();
        if (count < 1 || height < 1 || width < 1 || (long) height * width > MOST_BYTES / count) {
            throw new DatasetException(images + " declares " + count + " images of " + height + "x" + width
                    + " at offset 4, allowed is at least 1 and at most " + MOST_BYTES + " bytes: "
                    + Heap.boundOfASet());
        }
        byte[] pixels = body(in, images, count * height * width, 16);
        InputStream labelIn = unzipped(labelStream, labels);
        int labelCount = header(labelIn, labels, LABELS, 8).getInt();
        if (labelCount != count) {
            throw new DatasetException(
                    labels + " has " + labelCount + " labels at offset 4 for the " + count + " images of " + images);
        }
        byte[] classOf = body(labelIn, labels, count, 8);
        for (int i = 0; i < count; i++) {
            if ((classOf[i] & 0xFF) >= classes) {
                throw new DatasetException(labels + " has label " + (classOf[i] & 0xFF) + " at offset " + (8 + i)
                        + ", allowed is [0, " + classes + ")");
            }
        }
        return new ImageSet(count, 1, height, width, pixels, classOf);
    }

    private static InputStream unzipped(InputStream stream, String file) throws DatasetException, IOException {
        BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
        buffered.mark(2);
        int first = buffered.read();
        int second = buffered.read();
        buffered.reset();
        if (first != 0x1F || second != 0x8B) {
            return buffered;
        }
        try {
            // It rejects garbage after the compressed data, which the class of the JDK ignores.
            return new GzipCompressorInputStream(buffered, true);
        } catch (IOException broken) {
            throw new DatasetException(file + " has no complete gzip header at offset 0", broken);
        }
    }

    private static ByteBuffer header(InputStream in, String file, int magic, int length) throws DatasetException {
        ByteBuffer head = ByteBuffer.wrap(part(in, file, length, 0));
        int found = head.getInt();
        if (found != magic) {
            throw new DatasetException(
                    "%s begins with 0x%08x at offset 0, expected 0x%08x".formatted(file, found, magic));
        }
        return head;
    }

    /** Reads what follows the header, up to the end. */
    private static byte[] body(InputStream in, String file, int length, int offset) throws DatasetException {
        byte[] bytes = part(in, file, length, offset);
        if (read(in, new byte[1], 0, file, offset + (long) length) >= 0) {
            throw new DatasetException(file + " has more bytes than expected after offset " + (offset + (long) length));
        }
        return bytes;
    }

    private static byte[] part(InputStream in, String file, int length, int offset) throws DatasetException {
        // Grows with the content: a header may declare more than the file has.
        byte[] bytes = new byte[Math.min(length, FIRST_BYTES)];
        int have = 0;
        while (have < length) {
            if (have == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * have));
            }
            int got = read(in, bytes, have, file, offset + (long) have);
            if (got < 0) {
                throw new DatasetException(file + " ends at offset " + (offset + (long) have) + ", expected "
                        + (offset + (long) length) + " bytes");
            }
            have += got;
        }
        return bytes;
    }

    /** Reads some bytes; returns their number, -1 at the end. */
    private static int read(InputStream in, byte[] bytes, int from, String file, long offset) throws DatasetException {
        try {
            return in.read(bytes, from, bytes.length - from);
        } catch (IOException broken) {
            throw new DatasetException(
                    file + " cannot be read from offset " + offset + ", uncompressed: " + broken.getMessage(), broken);
        }
    }
}
