package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of an image folder that are no readable pictures. */
class BadPictureTest {
    private static final int SIZE = 8;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    private Path folder = Path.of("");
    private Path cache = Path.of("");

    @BeforeEach
    void twoClasses() throws IOException {
        folder = root.resolve("pictures");
        cache = root.resolve("cache");
        byte[] png = PictureTest.encoded(new BufferedImage(9, 8, BufferedImage.TYPE_INT_RGB), "png", false);
        for (String name : List.of("train/cat/1", "train/cat/2", "train/dog/1", "val/cat/1", "val/dog/1")) {
            put(name + ".png", png);
        }
    }

    private Path put(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        return Files.write(file, content);
    }

    private Dataset read(OnBadPicture onBad) throws DatasetException {
        return ImageFolder.read(
                "folder", folder, new PictureRules(SIZE, onBad, Long.MAX_VALUE, anywhere -> true), cache, 0);
    }

    private static final String OPTION = " (--on-bad-picture skip leaves such files out)";

    private void assertBad(Path file, String reason) throws DatasetException {
        // Refused whether or not the pictures are decoded already.
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> read(OnBadPicture.FAIL))
                    .isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(file + " " + reason)
                    .hasMessageEndingWith(OPTION);
            Dataset rest = read(OnBadPicture.SKIP);
            assertThat(rest.train().count()).isEqualTo(3);
            assertThat(rest.test().count()).isEqualTo(2);
            assertThat(rest.identity().skipped()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"train/cat/notes.txt", "train/cat/deep/movie.mp4", "train/dog/3", "val/cat/2.jpg"})
    void filesOfOtherFormatsAreRefusedOrCounted(String name) throws Exception {
        assertBad(put(name, "no picture".getBytes(StandardCharsets.UTF_8)), "is not a JPEG, PNG or WebP picture");
    }

    @Test
    void damagedPicturesAreRefusedOrCounted() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("train/cat/1.png"));
        assertBad(put("train/dog/cut.png", Arrays.copyOf(whole, whole.length / 2)), "is damaged: it ends at byte ");
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).allMatch(file -> file.toString().matches(".*/[0-9a-f]{64}\\.(images|seen|facts)"));
        }
    }

    @Test
    void filesInNoFolderOfAClassAreRefusedOrCounted() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("train/cat/1.png"));
        assertBad(put("train/stray.png", whole), "is in no folder of a class");
    }

    @Test
    void linksToNothingAreRefusedOrCounted() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("train/dog/gone.png"), root.resolve("gone"));
        assertBad(link, "cannot be read: it does not exist, or is a link to nothing");
    }

    @Test
    void unreadableFilesAreRefusedOrCountedWithTheReason() throws Exception {
        // A regular file whose beginning even root cannot read.
        Path memory = Path.of("/proc/self/mem");
        assumeThat(memory).exists();
        Path link = Files.createSymbolicLink(folder.resolve("train/dog/memory.png"), memory);
        assertBad(link, "cannot be read: Input/output error");
        Files.delete(link);

        Path closed = put("train/dog/closed.png", new byte[10]);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assumeThat(System.getProperty("user.name"))
                .as("root may read everything")
                .isNotEqualTo("root");
        assertBad(closed, "cannot be read: permission denied");
    }

    @Test
    void filesThatAreNoRegularFilesAreNotOpened() throws Exception {
        Path pipe = folder.resolve("train/cat/pipe.png");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeThat(made.waitFor(10, TimeUnit.SECONDS) && made.exitValue() == 0)
                .as("mkfifo")
                .isTrue();

        assertBad(pipe, "is not a regular file");
    }

    @Test
    void aClassWithoutReadablePicturesIsRefused() throws Exception {
        put("train/dog/1.png", new byte[100]);
        assertThatThrownBy(() -> read(OnBadPicture.SKIP))
                .hasMessage(folder.resolve("train/dog") + " has no picture that can be read");
    }

    @Test
    void aPictureThatIsRepairedCounts() throws Exception {
        byte[] whole = Files.readAllBytes(folder.resolve("train/cat/1.png"));
        Path file = put("train/dog/2.png", Arrays.copyOf(whole, 20));
        assertThat(read(OnBadPicture.SKIP).train().count()).isEqualTo(3);
        Files.write(file, whole);

        assertThat(read(OnBadPicture.SKIP).identity().skipped()).isZero();
        assertThat(read(OnBadPicture.FAIL).train().count()).isEqualTo(4);
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothing() throws Exception {
        Files.createDirectories(cache);
        try (SmallDisk disk = new SmallDisk(cache)) {
            // 3 pictures of 30,000 bytes: known before decoding.
            PictureRules large = new PictureRules(100, OnBadPicture.FAIL, Long.MAX_VALUE, anywhere -> true);
            assertThatThrownBy(() -> ImageFolder.read("folder", folder, large, cache, 0))
                    .hasMessageMatching("no space left on " + cache + ": the pictures of " + folder.resolve("train")
                            + " take 90000 bytes at 100 x 100, \\d{5} are free");
            // Full while writing.
            disk.fill();
            assertThatThrownBy(() -> read(OnBadPicture.FAIL)).hasMessage("no space left on " + cache);
            try (Stream<Path> left = Files.list(cache)) {
                assertThat(left.filter(file -> !file.toString().endsWith(".seen")))
                        .containsExactly(disk.filling());
            }
        }
        assertThat(read(OnBadPicture.FAIL).train().count()).isEqualTo(3);
    }
}
