package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {
    private static final int PIXELS = 3 * 32 * 32;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** One record per label; every pixel of record i is i. */
    static byte[] records(int labelBytes, int... labels) {
        ByteBuffer bytes = ByteBuffer.allocate(labels.length * (labelBytes + PIXELS));
        byte[] pixels = new byte[PIXELS];
        for (int i = 0; i < labels.length; i++) {
            Arrays.fill(pixels, (byte) i);
            bytes.put(new byte[labelBytes - 1]).put((byte) labels[i]).put(pixels);
        }
        return bytes.array();
    }

    @Test
    void readsTheFilesInTheirOrder() throws IOException, DatasetException {
        Files.write(folder.resolve("a.bin"), records(1, 3, 9));
        Files.write(folder.resolve("b.bin"), records(1, 7));

        ImageSet set = CifarFiles.read(folder, List.of("a.bin", "b.bin"), 1, 10);

        assertThat(set.count()).isEqualTo(3);
        assertThat(set.labels()).containsExactly(3, 9, 7);
        assertThat(IdxFilesTest.pixels(set)[PIXELS - 1]).isEqualTo((byte) 0);
        assertThat(IdxFilesTest.pixels(set)[PIXELS]).isEqualTo((byte) 1);
        assertThat(IdxFilesTest.pixels(set)[2 * PIXELS]).isEqualTo((byte) 0);
    }

    @Test
    void readsTheFineLabel() throws IOException, DatasetException {
        Files.write(folder.resolve("train.bin"), records(2, 99, 42));

        assertThat(CifarFiles.read(folder, List.of("train.bin"), 2, 100).labels())
                .containsExactly(99, 42);
    }

    @Test
    void truncatedRecordErrorNamesTheOffset() throws IOException {
        Files.write(folder.resolve("a.bin"), Arrays.copyOf(records(1, 3, 9), 5000));

        assertRefused(folder.resolve("a.bin") + " has 5000 bytes: no complete record of 3073 bytes at offset 3073");
    }

    @Test
    void unknownLabelErrorNamesTheOffset() throws IOException {
        Files.write(folder.resolve("a.bin"), records(1, 3, 10));

        assertRefused(folder.resolve("a.bin") + " has label 10 at offset 3073, allowed is [0, 10)");
    }

    @Test
    void emptyFileErrorNamesTheFile() throws IOException {
        Files.write(folder.resolve("a.bin"), new byte[0]);

        assertRefused(folder.resolve("a.bin") + " has 0 bytes: no complete record of 3073 bytes at offset 0");
    }

    @Test
    void tooLargeFileErrorNamesTheFile() throws IOException {
        // Given: files of whole records that take no room on the disk.
        int most = Heap.MOST_OF_A_SET;
        sparse("a.bin", (most / 3073 + 1) * 3073L);
        assertRefused(folder.resolve("a.bin") + " has " + (most / 3073 + 1) * 3073L + " bytes, allowed is at most "
                + most + ": " + Heap.boundOfASet());
        int half = most / 3073 / 3 * 2 * 3073;
        sparse("a.bin", half);
        sparse("b.bin", half);
        assertThatThrownBy(() -> CifarFiles.read(folder, List.of("a.bin", "b.bin"), 1, 10))
                .isInstanceOf(DatasetException.class)
                .hasMessage(folder.resolve("b.bin") + " has " + half + " bytes, allowed is at most " + (most - half)
                        + ": " + Heap.boundOfASet());
    }

    private void sparse(String name, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    @Test
    void missingFileErrorNamesTheFile() {
        assertRefused(folder.resolve("a.bin") + " does not exist");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> CifarFiles.read(folder, List.of("a.bin"), 1, 10))
                .isInstanceOf(DatasetException.class)
                .hasMessage(message);
    }
}
