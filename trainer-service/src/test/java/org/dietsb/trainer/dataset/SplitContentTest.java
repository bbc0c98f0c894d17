package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a split are read again, and that the checksum is always that of their content. */
class SplitContentTest {
    private static final int FILES = 40;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path split = Path.of("");
    private Path seen = Path.of("");
    private int read;

    @BeforeEach
    void fortyPictures() throws Exception {
        split = root.resolve("train");
        seen = root.resolve("split.seen");
        for (int i = 0; i < FILES; i++) {
            put(i, i);
        }
        assumeThat(Files.getFileStore(split).type()).isIn("ext4", "xfs", "btrfs", "tmpfs", "overlay");
    }

    private Path file(int number) {
        return split.resolve(number % 2 == 0 ? "cat" : "dog").resolve(number + ".png");
    }

    private void put(int number, int colour) throws IOException {
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 1, 0x10101 * colour);
        Files.createDirectories(file(number).resolveSibling(""));
        Files.write(file(number), PictureTest.encoded(image, "png", false));
    }

    /** Reads the split when all times of change are settled; notes how many files were read. */
    private String content(int sample) throws DatasetException {
        return content(Instant.now().plusSeconds(60), sample);
    }

    private String content(Instant now, int sample) throws DatasetException {
        PictureFiles files = new PictureFiles(new PictureWalk(split, anywhere -> true).index(), 4);
        SplitContent content = new SplitContent(
                files,
                seen,
                "start",
                (file, reason) -> {
                    throw new DatasetException(files.index().path(file) + " " + reason);
                },
                now,
                sample);
        String checksum = content.compute().ofSplit();
        read = content.read();
        return checksum;
    }

    /** Computes the checksum from nothing. */
    private String truth() throws Exception {
        Path kept = seen;
        seen = root.resolve("none.seen");
        Files.deleteIfExists(seen);
        String checksum = content(0);
        assertThat(read).isGreaterThanOrEqualTo(FILES - 1);
        seen = kept;
        return checksum;
    }

    @Test
    void unchangedFilesAreBelieved() throws Exception {
        String first = content(0);
        assertThat(read).isEqualTo(FILES);

        assertThat(content(0)).isEqualTo(first).isEqualTo(truth());
        assertThat(content(0)).isEqualTo(first);
        assertThat(read).isZero();
    }

    @Test
    void aSampleIsReadAgain() throws Exception {
        String first = content(0);

        assertThat(content(FILES)).isEqualTo(first);
        assertThat(read).isEqualTo(FILES);
        assertThat(content(FILES / 4)).isEqualTo(first);
        assertThat(read).isBetween(1, FILES - 1);
    }

    @Test
    void changedAddedAndRemovedFilesAreNoticed() throws Exception {
        String first = content(0);
        afterTheClockMoves();
        put(7, 99);
        String changed = content(0);
        assertThat(read).isEqualTo(1);
        assertThat(changed).isNotEqualTo(first).isEqualTo(truth());

        put(FILES, 5);
        String added = content(0);
        assertThat(read).isEqualTo(1);
        assertThat(added).isNotEqualTo(changed).isEqualTo(truth());

        Files.delete(file(8));
        String removed = content(0);
        assertThat(read).isZero();
        assertThat(removed).isNotEqualTo(added).isEqualTo(truth());

        Files.move(file(9), file(11).resolveSibling("renamed.png"));
        assertThat(content(0)).isNotEqualTo(removed).isEqualTo(truth());
    }

    @Test
    void aFileOfEqualSizeAndTimeOfModificationIsNoticed() throws Exception {
        String first = content(0);
        FileTime time = Files.getLastModifiedTime(file(7));
        long size = Files.size(file(7));
        afterTheClockMoves();
        // Written in place: the inode is the same.
        byte[] other = Files.readAllBytes(file(7));
        other[other.length - 20] ^= 1;
        rewriteChecksumOfIdat(other);
        Files.write(file(7), other);
        Files.setLastModifiedTime(file(7), time);
        assertThat(Files.size(file(7))).isEqualTo(size);
        String inPlace = content(0);
        assertThat(read).isEqualTo(1);
        assertThat(inPlace).isNotEqualTo(first).isEqualTo(truth());

        // Replaced by another file of equal size and time.
        Path replacement = root.resolve("replacement.png");
        Files.copy(file(9), replacement);
        assumeThat(Files.size(replacement)).isEqualTo(size);
        Files.setLastModifiedTime(replacement, time);
        Files.delete(file(7));
        Files.move(replacement, file(7));
        assertThat(content(0)).isNotEqualTo(inPlace).isEqualTo(truth());
    }

    /** Content that was changed so that its state is the same, as no program can, shows if the file is in the sample. */
    @Test
    void aChangeThatTheStateDoesNotShowIsNoticedBySamplesOnly() throws Exception {
        String first = content(0);
        // The noted checksum of one file is wrong, in a whole file: as if the content had changed since.
        byte[] noted = Files.readAllBytes(seen);
        noted["dietsb-seen-1".length() + 40] ^= 1;
        byte[] records = Arrays.copyOf(noted, noted.length - 32);
        System.arraycopy(org.dietsb.contracts.Sha256.digest().digest(records), 0, noted, records.length, 32);
        Files.write(seen, noted);

        assertThat(content(0)).as("believed").isNotEqualTo(first);
        assertThat(read).isZero();
        assertThat(content(FILES)).as("in the sample").isEqualTo(first);
        assertThat(read).as("then all are read").isEqualTo(FILES);
        assertThat(content(0)).isEqualTo(first);
        assertThat(read).isZero();
    }

    @Test
    void timesOfTheLastSecondsAreNotReliedOn() throws Exception {
        String first = content(Instant.now(), 0);
        assertThat(content(Instant.now(), 0)).isEqualTo(first);
        assertThat(read).isEqualTo(FILES);
    }

    @Test
    void aDamagedOrHalfWrittenFileIsWrittenAgain() throws Exception {
        String first = content(0);
        byte[] whole = Files.readAllBytes(seen);
        for (int length : new int[] {0, 5, 13, 45, whole.length / 2, whole.length - 72, whole.length - 1}) {
            Files.write(seen, Arrays.copyOf(whole, length));
            assertThat(content(0)).isEqualTo(first);
            assertThat(read).as("cut to %d bytes", length).isEqualTo(FILES);
            assertThat(Files.readAllBytes(seen)).isEqualTo(whole);
        }
        for (int at : new int[] {0, 13, 60, whole.length / 2, whole.length - 1}) {
            byte[] altered = whole.clone();
            altered[at] ^= 4;
            Files.write(seen, altered);
            assertThat(content(0)).isEqualTo(first);
            assertThat(read).as("altered at byte %d", at).isEqualTo(FILES);
        }
        assertThat(content(0)).isEqualTo(first);
        assertThat(read).isZero();
    }

    @Test
    void filesThatAreNoPicturesAreNeverBelieved() throws Exception {
        Files.write(file(3), new byte[10]);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> content(0)).hasMessage("dog/3.png is not a JPEG, PNG or WebP picture");
        }
    }

    /** Times of change have the resolution of the kernel's clock. */
    private static void afterTheClockMoves() throws InterruptedException {
        Thread.sleep(50);
    }

    /** Makes an altered PNG whole again. */
    private static void rewriteChecksumOfIdat(byte[] png) {
        java.nio.ByteBuffer file = java.nio.ByteBuffer.wrap(png);
        for (int at = 8; at < png.length; ) {
            int length = file.getInt(at);
            java.util.zip.CRC32 crc = new java.util.zip.CRC32();
            crc.update(png, at + 4, 4 + length);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += 12 + length;
        }
    }
}
