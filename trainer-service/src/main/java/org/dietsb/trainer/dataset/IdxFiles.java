package org.dietsb.trainer.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

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
            return new GZIPInputStream(buffered, 1 << 16);
        } catch (EOFException | ZipException broken) {
            throw new DatasetException(file + " has no whole gzip header at offset 0", broken);
        }
    }

    private static ByteBuffer header(InputStream in, String file, int magic, int length)
            throws DatasetException, IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new DatasetException(file + " ends at offset " + bytes.length + ", within its header");
        }
        ByteBuffer head = ByteBuffer.wrap(bytes);
        int found = head.getInt();
        if (found != magic) {
            throw new DatasetException(
                    "%s begins with 0x%08x at offset 0, expected 0x%08x".formatted(file, found, magic));
        }
        return head;
    }

    private static byte[] body(InputStream in, String file, int length, int offset)
            throws DatasetException, IOException {
        // Grows with what is there: a header may promise what the file does not have.
        byte[] bytes = new byte[Math.min(length, FIRST_BYTES)];
        int have = 0;
        try {
            for (int got = 0; have < length && got >= 0; have += Math.max(0, got)) {
                if (have == bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * have));
                }
                got = in.read(bytes, have, bytes.length - have);
            }
        } catch (EOFException | ZipException broken) {
            throw new DatasetException(
                    file + " is broken after its unpacked offset " + (offset + (long) have) + ": "
                            + broken.getMessage(),
                    broken);
        }
        if (have < length) {
            throw new DatasetException(file + " ends at offset " + (offset + (long) have) + ", expected "
                    + (offset + (long) length) + " bytes");
        }
        if (in.read() >= 0) {
            throw new DatasetException(
                    file + " goes on after offset " + (offset + (long) length) + ", where it should end");
        }
        return bytes;
    }
}
