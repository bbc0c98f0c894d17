package org.dietsb.trainer.dataset;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.Sha256;

/**
 * The files of a split, in the order of a hash of their paths, so that the first ones are of all classes. Names are in pages of bytes,
 * and each folder is named once: a file takes 8 bytes, and its name with 2 to 5 more. Immutable, thread-safe.
 */
final class PictureIndex {
    /** The label of a file that is in no folder of a class. */
    static final int NO_CLASS = -1;

    /** Largest number of files of a split: an index and the start of a hash are sorted together, as one long. */
    static final int MOST = 1 << 24;

    /** Names begin at multiples of 4 bytes, so that an int reaches 8 GiB of them. */
    private static final int ALIGNED = 4;

    private static final int UNITS_OF_A_PAGE = 1 << 18;
    private static final int LENGTH_BYTES = 2;

    private final Path split;
    private final String[] folders;
    private final int[] labels;
    private final byte[][] names;
    /** By file: its folder. */
    private final int[] folderOf;
    /** By file: where its name begins, in units of {@value #ALIGNED} bytes. */
    private final int[] nameAt;

    private PictureIndex(Builder files, int[] order) {
        this.split = files.split;
        this.folders = files.folders.toArray(String[]::new);
        this.labels = files.labels.stream().mapToInt(Integer::intValue).toArray();
        this.names = files.names.toArray(byte[][]::new);
        this.folderOf = new int[order.length];
        this.nameAt = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            folderOf[i] = files.folderOf[order[i]];
            nameAt[i] = files.nameAt[order[i]];
        }
    }

    int count() {
        return folderOf.length;
    }

    Path split() {
        return split;
    }

    /** Returns the class of a file, or {@link #NO_CLASS}. */
    int label(int file) {
        return labels[folderOf[file]];
    }

    /** Returns the path of a file within the folder of the split. */
    String path(int file) {
        return folders[folderOf[file]] + name(names, nameAt[file]);
    }

    Path file(int file) {
        return split.resolve(path(file));
    }

    private static String name(byte[][] pages, int at) {
        byte[] page = pages[at / UNITS_OF_A_PAGE];
        int from = at % UNITS_OF_A_PAGE * ALIGNED;
        int length = (page[from] & 0xFF) << 8 | page[from + 1] & 0xFF;
        return new String(page, from + LENGTH_BYTES, length, StandardCharsets.UTF_8);
    }

    /** Returns the start of the hash by which a path is ordered; hashes are ordered as unsigned numbers. */
    static long key(String path) {
        return start(hash(path));
    }

    private static byte[] hash(String path) {
        return Sha256.digest().digest(path.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the first 8 bytes of a digest. */
    static long start(byte[] digest) {
        long start = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            start = start << Byte.SIZE | digest[i] & 0xFF;
        }
        return start;
    }

    /** Collects files in any order. */
    static final class Builder {
        private static final long INDEX = MOST - 1;

        private final Path split;
        private final List<String> folders = new ArrayList<>();
        private final List<Integer> labels = new ArrayList<>();
        private final List<byte[]> names = new ArrayList<>();
        private int[] folderOf = new int[1024];
        private int[] nameAt = new int[1024];
        private int count;
        /** Units of the last page that are in use. */
        private int used = UNITS_OF_A_PAGE;

        Builder(Path split) {
            this.split = split;
        }

        int count() {
            return count;
        }

        /**
         * Adds a folder, and returns its number.
         *
         * @param path path within the folder of the split, empty for that folder itself
         */
        int addFolder(String path, int label) {
            folders.add(path.isEmpty() ? "" : path + "/");
            labels.add(label);
            return folders.size() - 1;
        }

        void add(int folder, String name) throws DatasetException {
            if (count == MOST) {
                throw new DatasetException(split + " has more than " + MOST + " files, allowed is at most " + MOST);
            }
            if (count == folderOf.length) {
                int larger = Math.min(MOST, count + count / 2);
                folderOf = Arrays.copyOf(folderOf, larger);
                nameAt = Arrays.copyOf(nameAt, larger);
            }
            folderOf[count] = folder;
            nameAt[count] = keep(name.getBytes(StandardCharsets.UTF_8));
            count++;
        }

        private int keep(byte[] name) {
            int units = (LENGTH_BYTES + name.length + ALIGNED - 1) / ALIGNED;
            if (used + units > UNITS_OF_A_PAGE) {
                names.add(new byte[UNITS_OF_A_PAGE * ALIGNED]);
                used = 0;
            }
            byte[] page = names.get(names.size() - 1);
            int from = used * ALIGNED;
            page[from] = (byte) (name.length >> 8);
            page[from + 1] = (byte) name.length;
            System.arraycopy(name, 0, page, from + LENGTH_BYTES, name.length);
            int at = Math.addExact(Math.multiplyExact(names.size() - 1, UNITS_OF_A_PAGE), used);
            used += units;
            return at;
        }

        private byte[] hashOf(byte[][] pages, int file) {
            return hash(folders.get(folderOf[file]) + name(pages, nameAt[file]));
        }

        PictureIndex inOrder() {
            byte[][] pages = names.toArray(byte[][]::new);
            // The start of the hash without its sign, so that longs are in the order of the hashes, and the index in
            // the lowest bits.
            long[] keys = new long[count];
            Arrays.parallelSetAll(keys, i -> start(hashOf(pages, i)) & ~INDEX ^ Long.MIN_VALUE | i);
            Arrays.parallelSort(keys);
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                order[i] = (int) (keys[i] & INDEX);
            }
            for (int from = 0; from < count; ) {
                int end = from + 1;
                while (end < count && (keys[end] & ~INDEX) == (keys[from] & ~INDEX)) {
                    end++;
                }
                if (end - from > 1) {
                    orderEqual(pages, order, from, end);
                }
                from = end;
            }
            return new PictureIndex(this, order);
        }

        /** Orders the few files whose hashes begin alike. */
        private void orderEqual(byte[][] pages, int[] order, int from, int end) {
            Integer[] few = Arrays.stream(order, from, end).boxed().toArray(Integer[]::new);
            Arrays.sort(few, (one, other) -> Arrays.compareUnsigned(hashOf(pages, one), hashOf(pages, other)));
            for (int i = 0; i < few.length; i++) {
                order[from + i] = few[i];
            }
        }
    }
}
