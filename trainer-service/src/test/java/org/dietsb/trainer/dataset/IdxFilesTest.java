package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {
    private static final byte[] PIXELS = {0, 1, 2, 3, 4, 5, (byte) 250, 7, 8, 9, 10, (byte) 255};

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path images;

    @SuppressWarnings("NullAway.Init")
    private Path labels;

    @BeforeEach
    void writeTwoImages() throws IOException {
        images = Files.write(folder.resolve("images"), images(0x803, 2, 2, 3, PIXELS));
        labels = Files.write(folder.resolve("labels"), labels(0x801, 2, 9, 0));
    }

    static byte[] images(int magic, int count, int height, int width, byte[] pixels) {
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(magic)
                .putInt(count)
                .putInt(height)
                .putInt(width)
                .put(pixels)
                .array();
    }

    static byte[] labels(int magic, int count, int... labels) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length).putInt(magic).putInt(count);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        return bytes.array();
    }

    static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }

    @Test
    void readsPlainFiles() throws DatasetException {
        ImageSet set = IdxFiles.read(images, labels, 10);

        assertThat(set.count()).isEqualTo(2);
        assertThat(set.channels()).isEqualTo(1);
        assertThat(set.height()).isEqualTo(2);
        assertThat(set.width()).isEqualTo(3);
        assertThat(pixels(set)).isEqualTo(PIXELS);
        assertThat(set.label(0)).isEqualTo(9);
    }

    @Test
    void readsGzippedFilesOfAnyName() throws IOException, DatasetException {
        Files.write(images, gzipped(Files.readAllBytes(images)));
        Files.write(labels, gzipped(Files.readAllBytes(labels)));

        assertThat(pixels(IdxFiles.read(images, labels, 10))).isEqualTo(PIXELS);
    }

    @Test
    void shortFileErrorNamesTheOffset() throws IOException {
        Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 20));

        assertRefused(images + " ends at offset 20, expected 28 bytes");
    }

    @Test
    void truncatedHeaderErrorNamesTheOffset() throws IOException {
        Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 7));

        assertRefused(images + " ends at offset 7, expected 16 bytes");
    }

    @Test
    void truncatedGzipErrorNamesTheFile() throws IOException {
        byte[] packed = gzipped(Files.readAllBytes(images));
        Files.write(images, Arrays.copyOf(packed, packed.length - 12));

        assertRefused(images + " cannot be read from offset ");
    }

    @Test
    void truncatedFirstBlockErrorNamesTheFile() throws IOException {
        byte[] packed = gzipped(Files.readAllBytes(images));
        Files.write(images, Arrays.copyOf(packed, 14));

        assertRefused(images + " cannot be read from offset 0, uncompressed: ");
    }

    @Test
    void wrongGzipChecksumErrorNamesTheFile() throws IOException {
        byte[] packed = gzipped(Files.readAllBytes(images));
        packed[packed.length - 8] ^= 1;
        Files.write(images, packed);

        assertRefused(images + " cannot be read from offset 16, uncompressed: Gzip-compressed data is corrupt");
    }

    @Test
    void rejectsDataAfterTheCompressedData() throws IOException {
        byte[] packed = gzipped(Files.readAllBytes(images));
        Files.write(images, Arrays.copyOf(packed, packed.length + 1));
        assertRefused(
                images + " cannot be read from offset 16, uncompressed: Unexpected data after a valid .gz stream");

        Files.write(images, packed);
        Files.write(images, gzipped(new byte[] {7}), StandardOpenOption.APPEND);
        assertRefused(images + " has more bytes than expected after offset 28");
    }

    @Test
    void rejectsLabelsOfAnotherFormatOrWithTrailingData() throws IOException {
        Files.write(labels, images(0x803, 2, 2, 3, PIXELS));
        assertRefused(labels + " begins with 0x00000803 at offset 0, expected 0x00000801");
        Files.write(labels, labels(0x801, 2, 9, 0, 1));
        assertRefused(labels + " has more bytes than expected after offset 10");
        Files.write(labels, labels(0x801, 2, 9));
        assertRefused(labels + " ends at offset 9, expected 10 bytes");
    }

    @Test
    void rejectsAnotherFormat() throws IOException {
        Files.write(images, labels(0x801, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9));

        assertRefused(images + " begins with 0x00000801 at offset 0, expected 0x00000803");
    }

    @Test
    void rejectsDataAfterTheLastImage() throws IOException {
        Files.write(images, images(0x803, 1, 2, 3, PIXELS));
        Files.write(labels, labels(0x801, 1, 3));

        assertRefused(images + " has more bytes than expected after offset 22");
    }

    @Test
    void rejectsASizeThatExceedsTheMemory() throws IOException {
        Files.write(images, images(0x803, Integer.MAX_VALUE, 28, 28, PIXELS));

        assertRefused(images + " declares 2147483647 images of 28x28 at offset 4");
    }

    @Test
    void rejectsASizeWhoseProductOverflows() throws IOException {
        Files.write(images, images(0x803, 1 << 30, 1 << 30, 16, PIXELS));

        assertRefused(images + " declares 1073741824 images of 1073741824x16 at offset 4");
    }

    @Test
    void readsMoreThanItsFirstBuffer() throws IOException, DatasetException {
        byte[] pixels = new byte[3 * 1024 * 1024];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((i * 31) >> 7);
        }
        Files.write(images, images(0x803, 3, 1024, 1024, pixels));
        Files.write(labels, labels(0x801, 3, 1, 2, 3));

        assertThat(pixels(IdxFiles.read(images, labels, 10))).isEqualTo(pixels);
    }

    @Test
    void truncatedGzipHeaderErrorNamesTheFile() throws IOException {
        Files.write(images, Arrays.copyOf(gzipped(Files.readAllBytes(images)), 5));

        assertRefused(images + " has no complete gzip header at offset 0");
    }

    @Test
    void rejectsLabelsOfAnotherCount() throws IOException {
        Files.write(labels, labels(0x801, 3, 1, 2, 3));

        assertRefused(labels + " has 3 labels at offset 4 for the 2 images of " + images);
    }

    @Test
    void rejectsALabelOutsideTheClasses() throws IOException {
        Files.write(labels, labels(0x801, 2, 1, 10));

        assertRefused(labels + " has label 10 at offset 9, allowed is [0, 10)");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> IdxFiles.read(images, labels, 10))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(message);
    }

    /** The pixels of all images, one after the other. */
    static byte[] pixels(ImageSet set) {
        ByteBuffer all = ByteBuffer.allocate(set.count() * set.bytesOfOne());
        for (int i = 0; i < set.count(); i++) {
            all.put(set.image(i));
        }
        return all.array();
    }
}
