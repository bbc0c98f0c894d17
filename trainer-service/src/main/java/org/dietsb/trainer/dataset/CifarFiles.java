package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Reads the official binary files of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of labels, then 3 x 32 x 32 pixels. */
final class CifarFiles {
    private static final int PIXELS = 3 * 32 * 32;
    private static final int MOST_BYTES = Heap.MOST_OF_A_SET;

    /** Maximum size in bytes of a file of class names. */
    private static final int LARGEST_NAMES = 100_000;

    private CifarFiles() {}

    /** Reads CIFAR-10, or a dataset in its layout. */
    static Dataset readTen(String name, List<String> classes, Path folder, int limit) throws DatasetException {
        List<String> batches = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> "data_batch_" + i + ".bin")
                .toList();
        return Dataset.of(
                name, classes, read(folder, batches, 1, 10), read(folder, List.of("test_batch.bin"), 1, 10), limit);
    }

    /** Reads CIFAR-100, or a dataset in its layout, with its fine classes. */
    static Dataset readHundred(String name, Path folder, int limit) throws DatasetException {
        return Dataset.of(
                name,
                fineNames(folder),
                read(folder, List.of("train.bin"), 2, 100),
                read(folder, List.of("test.bin"), 2, 100),
                limit);
    }

    private static List<String> fineNames(Path folder) throws DatasetException {
        Path file = folder.resolve("fine_label_names.txt");
        try {
            if (Files.isRegularFile(file) && Files.size(file) > LARGEST_NAMES) {
                throw new DatasetException(
                        file + " has " + Files.size(file) + " bytes, allowed is at most " + LARGEST_NAMES);
            }
            List<String> names = Files.isRegularFile(file)
                    ? Files.readAllLines(file).stream()
                            .filter(line -> !line.isBlank())
                            .toList()
                    : IntStream.range(0, 100).mapToObj(i -> "class " + i).toList();
            if (names.size() != 100) {
                throw new DatasetException(file + " has " + names.size() + " names, expected 100");
            }
            return names;
        } catch (IOException unreadable) {
            throw Reasons.unreadable(file, unreadable);
        }
    }

    /**
     * Reads all records of the files, in order.
     *
     * @param labelBytes number of bytes before the pixels of a record; the last is the label (CIFAR-100: coarse, then fine)
     * @param classes labels are in [0, classes)
     */
    static ImageSet read(Path folder, List<String> names, int labelBytes, int classes) throws DatasetException {
        int record = labelBytes + PIXELS;
        long total = 0;
        try {
            for (String name : names) {
                Path file = folder.resolve(name);
                if (!Files.isRegularFile(file)) {
                    throw new DatasetException(file + " does not exist");
                }
                long size = Files.size(file);
                if (total * record + size > MOST_BYTES) {
                    throw new DatasetException(file + " has " + size + " bytes, allowed is at most "
                            + (MOST_BYTES - total * record) + ": " + Heap.boundOfASet());
                }
                if (size == 0 || size % record != 0) {
                    throw new DatasetException(file + " has " + size + " bytes: no complete record of " + record
                            + " bytes at offset " + size / record * record);
                }
                total += size / record;
            }
            int count = (int) total;
            byte[] pixels = new byte[count * PIXELS];
            byte[] labels = new byte[count];
            int at = 0;
            for (String name : names) {
                byte[] bytes = Files.readAllBytes(folder.resolve(name));
                if (bytes.length % record != 0 || at + bytes.length / record > count) {
                    throw new DatasetException(folder.resolve(name) + " changed while it was read");
                }
                for (int offset = 0; offset < bytes.length; offset += record) {
                    byte label = bytes[offset + labelBytes - 1];
                    if ((label & 0xFF) >= classes) {
                        throw new DatasetException(folder.resolve(name) + " has label " + (label & 0xFF) + " at offset "
                                + (offset + labelBytes - 1) + ", allowed is [0, " + classes + ")");
                    }
                    labels[at] = label;
                    System.arraycopy(bytes, offset + labelBytes, pixels, at * PIXELS, PIXELS);
                    at++;
                }
            }
            if (at < count) {
                throw new DatasetException(folder + " changed while it was read");
            }
            return new ImageSet(count, 3, 32, 32, pixels, labels);
        } catch (IOException unreadable) {
            throw Reasons.unreadable(folder, unreadable);
        }
    }
}
