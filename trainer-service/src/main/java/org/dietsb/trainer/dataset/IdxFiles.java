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
    private static final int MOST_BYTES = 1 << 30;
    private static final int FIRST_BYTES = 1 << 20;

    private IdxFiles() {}

    /** The file of this name, or the same with .gz, or with the dot that some copies have before idx. */
    static Path find(Path folder, String name) throws DatasetException {
        for (String candidate : new String[] {name, name + ".gz", name.replace("-idx", ".idx")}) {
            if (Files.isRegularFile(folder.resolve(candidate))) {
                return folder.resolve(candidate);
            }
        }
        throw new DatasetException(folder.resolve(name) + " is not there, nor the same with .gz");
    }

    /** Whether training images are there. */
    static boolean isIn(Path folder) {
        try {
            return Files.isRegularFile(find(folder, "train-images-idx3-ubyte"));
        } catch (DatasetException missing) {
            return false;
        }
    }

    /** A split of a folder, {@code train} or {@code t10k}. */
    static ImageSet read(Path folder, String split, int classes) throws DatasetException {
        return read(find(folder, split + "-images-idx3-ubyte"), find(folder, split + "-labels-idx1-ubyte"), classes);
    }

    /**
     * Reads a file of images and the one of their labels.
     *
     * @param classes labels are in [0, classes)
     */
    static ImageSet read(Path images, Path labels, int classes) throws DatasetException {
        try (InputStream imageStream = Files.newInputStream(images);
                InputStream labelStream = Files.newInputStream(labels)) {
            return read(imageStream, images.toString(), labelStream, labels.toString(), classes);
        } catch (IOException unreadable) {
            throw new DatasetException(
                    "cannot read " + images + " or " + labels + ": " + unreadable.getMessage(), unreadable);
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
            throw new DatasetException(images + " promises " + count + " images of " + height + "x" + width
                    + " at offset 4, allowed is at least 1 and at most " + MOST_BYTES + " bytes");
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
            // It refuses what follows the packed data and is none, where Java's own passes over it.
            return new GzipCompressorInputStream(buffered, true);
        } catch (IOException broken) {
            throw new DatasetException(file + " has no whole gzip header at offset 0", broken);
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

    /** What follows the header, to the end. */
    private static byte[] body(InputStream in, String file, int length, int offset) throws DatasetException {
        byte[] bytes = part(in, file, length, offset);
        if (read(in, new byte[1], 0, file, offset + (long) length) >= 0) {
            throw new DatasetException(
                    file + " goes on after offset " + (offset + (long) length) + ", where it should end");
        }
        return bytes;
    }

    private static byte[] part(InputStream in, String file, int length, int offset) throws DatasetException {
        // Grows with what is there: a header may promise what the file does not have.
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

    /** How many bytes came, -1 at the end. */
    private static int read(InputStream in, byte[] bytes, int from, String file, long offset) throws DatasetException {
        try {
            return in.read(bytes, from, bytes.length - from);
        } catch (IOException broken) {
            throw new DatasetException(
                    file + " cannot be read from offset " + offset + " on, as unpacked: " + broken.getMessage(),
                    broken);
        }
    }
}
