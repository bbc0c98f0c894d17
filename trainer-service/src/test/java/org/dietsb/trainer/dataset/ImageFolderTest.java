package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
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
        write(folder.resolve("train/red/1.png"), plain(12, 8, Color.RED));
        write(folder.resolve("train/red/deep/2.JPEG"), plain(8, 40, Color.RED));
        write(folder.resolve("train/blue/1.jpg"), plain(30, 30, Color.BLUE));
        write(folder.resolve("val/red/1.png"), plain(5, 5, Color.RED));
        write(folder.resolve("val/blue/1.png"), plain(8, 8, Color.BLUE));
        Files.writeString(folder.resolve("train/red/notes.txt"), "no picture");
        Files.writeString(folder.resolve("train/red/.hidden.png"), "no picture");
        Files.createDirectories(folder.resolve("train/.thumbnails"));
    }

    private static BufferedImage plain(int width, int height, Color colour) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D paint = image.createGraphics();
        paint.setColor(colour);
        paint.fillRect(0, 0, width, height);
        paint.dispose();
        return image;
    }

    private static void write(Path file, BufferedImage image) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        String name = file.getFileName().toString();
        assertThat(ImageIO.write(image, name.endsWith(".png") ? "png" : "jpg", file.toFile()))
                .isTrue();
    }

    private Dataset read() throws DatasetException {
        return ImageFolder.read("folder", folder, SIZE, cache, 0);
    }

    @Test
    void readsEveryPictureOfEveryClassAtTheRequestedSize() throws DatasetException {
        Dataset dataset = read();

        assertThat(dataset.classNames()).containsExactly("blue", "red");
        assertThat(dataset.train().labels()).containsExactlyInAnyOrder(0, 1, 1);
        assertThat(dataset.test().labels()).containsExactlyInAnyOrder(0, 1);
        assertThat(dataset.train().channels()).isEqualTo(3);
        assertThat(dataset.train().height()).isEqualTo(SIZE);
        for (int i = 0; i < 3; i++) {
            byte[] image = dataset.train().image(i);
            int plane = SIZE * SIZE;
            // JPEG is lossy.
            assertThat(image[0] & 0xFF).isCloseTo(dataset.train().label(i) == 1 ? 255 : 0, within(3));
            assertThat(image[2 * plane + 7] & 0xFF).isCloseTo(dataset.train().label(i) == 1 ? 0 : 255, within(3));
        }
        assertThat(dataset.identity().name()).isEqualTo("folder");
        assertThat(dataset.identity().classes()).isEqualTo(2);
    }

    private static org.assertj.core.data.Offset<Integer> within(int shades) {
        return org.assertj.core.data.Offset.offset(shades);
    }

    @Test
    void firstExamplesAreOfAllClasses() throws IOException, DatasetException {
        for (int i = 0; i < 40; i++) {
            write(folder.resolve("train/red/many-" + i + ".png"), plain(8, 8, Color.RED));
            write(folder.resolve("train/blue/many-" + i + ".png"), plain(8, 8, Color.BLUE));
        }

        Dataset some = ImageFolder.read("folder", folder, SIZE, cache, 20);

        assertThat(some.train().count()).isEqualTo(20);
        assertThat(some.train().labels()).contains(0, 1);
        assertThat(some.train().labels()).isEqualTo(Arrays.copyOf(read().train().labels(), 20));
    }

    @Test
    void decodesTheCentralSquareAndKeepsGreyValues() throws IOException, DatasetException {
        BufferedImage grey = new BufferedImage(3 * SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
        for (int x = 0; x < 3 * SIZE; x++) {
            for (int y = 0; y < SIZE; y++) {
                grey.getRaster().setSample(x, y, 0, x < SIZE || x >= 2 * SIZE ? 255 : 100 + y);
            }
        }
        write(root.resolve("grey.png"), grey);

        byte[] image = Picture.decode(root.resolve("grey.png"), SIZE);

        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < SIZE; y++) {
                assertThat(image[(channel * SIZE + y) * SIZE + 3] & 0xFF).isEqualTo(100 + y);
            }
        }
    }

    @Test
    void scalesFinePatternsWithoutMoire() throws IOException, DatasetException {
        BufferedImage stripes = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 128; x++) {
            for (int y = 0; y < 128; y++) {
                stripes.setRGB(x, y, x % 2 == 0 ? 0xFFFFFF : 0);
            }
        }
        write(root.resolve("stripes.png"), stripes);

        for (byte shade : Picture.decode(root.resolve("stripes.png"), SIZE)) {
            assertThat(shade & 0xFF).isBetween(120, 135);
        }
    }

    @Test
    void decodedPicturesAreReused() throws IOException, DatasetException {
        String checksum = read().identity().checksum();
        // Of equal length and time, so that only decoding would notice.
        Path picture = folder.resolve("train/red/1.png");
        FileTime time = Files.getLastModifiedTime(picture);
        byte[] broken = new byte[(int) Files.size(picture)];
        Files.write(picture, broken);
        Files.setLastModifiedTime(picture, time);

        assertThat(read().identity().checksum()).isEqualTo(checksum);
        assertThat(cached()).hasSize(2).allMatch(file -> file.toString().matches(".*/[0-9a-f]{64}\\.images"));

        Files.setLastModifiedTime(picture, FileTime.fromMillis(time.toMillis() + 1_000));
        assertThatThrownBy(this::read).hasMessageStartingWith(picture + " ");
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.sorted().toList();
        }
    }

    @Test
    void sizeChangesCacheFileAndIdentity() throws IOException, DatasetException {
        Dataset small = read();
        Dataset large = ImageFolder.read("folder", folder, 16, cache, 0);

        assertThat(cached()).hasSize(4);
        assertThat(large.train().image(0)).hasSize(3 * 16 * 16);
        assertThat(large.identity()).isNotEqualTo(small.identity());
    }

    @Test
    void damagedCacheFileIsWrittenAgain() throws IOException, DatasetException {
        String checksum = read().identity().checksum();
        List<Path> files = cached();
        byte[] altered = Files.readAllBytes(files.get(0));
        altered[altered.length - 1] ^= 1;
        // Written beside it and moved, since a mapped file must not be truncated.
        Files.delete(files.get(0));
        Files.write(files.get(0), altered);
        byte[] cut = Files.readAllBytes(files.get(1));
        Files.delete(files.get(1));
        Files.write(files.get(1), Arrays.copyOf(cut, cut.length - 1));

        assertThat(read().identity().checksum()).isEqualTo(checksum);
        assertThat(Files.readAllBytes(files.get(1))).isEqualTo(cut);
        assertThat(cached()).hasSize(2);
    }

    @Test
    void undecodablePictureLeavesNothingBehind() throws IOException {
        Path broken = folder.resolve("train/blue/broken.png");
        byte[] whole = Files.readAllBytes(folder.resolve("val/blue/1.png"));
        Files.write(broken, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(this::read)
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(broken + " cannot be decoded: ");
        Files.writeString(broken, "text");
        assertThatThrownBy(this::read).hasMessage(broken + " is not a picture in a known format");
        assertThat(cached()).isEmpty();
    }

    @Test
    void rejectsAPictureThatExceedsTheMemory() throws IOException {
        // The header of a PNG of 100,000 x 100,000.
        Path huge = folder.resolve("train/blue/huge.png");
        byte[] png = Files.readAllBytes(folder.resolve("val/blue/1.png"));
        for (int at : new int[] {16, 20}) {
            png[at] = 0;
            png[at + 1] = 1;
            png[at + 2] = (byte) 0x86;
            png[at + 3] = (byte) 0xA0;
        }
        Files.write(huge, png);

        assertThatThrownBy(this::read).hasMessage(huge + " has 10000000000 pixels, allowed is at most 100000000");
    }

    @Test
    void errorsNameTheFolder() throws IOException {
        Files.createDirectories(folder.resolve("train/green"));
        assertThatThrownBy(this::read)
                .hasMessage(folder.resolve("val") + " lacks the classes green of " + folder.resolve("train"));
        Files.createDirectories(folder.resolve("val/green"));
        assertThatThrownBy(this::read)
                .hasMessage(folder.resolve("train/green") + " has no picture: no file .jpg, .jpeg or .png");
        write(folder.resolve("train/green/1.png"), plain(8, 8, Color.GREEN));
        Files.createDirectories(folder.resolve("val/white"));
        assertThatThrownBy(this::read)
                .hasMessage(
                        folder.resolve("val") + " has the classes white, which " + folder.resolve("train") + " lacks");
        Files.move(folder.resolve("val"), root.resolve("gone"));
        assertThatThrownBy(this::read)
                .hasMessage(
                        folder + " has a folder train, but neither val nor test: there is nothing to" + " evaluate on");
        Files.move(root.resolve("gone"), folder.resolve("test"));
        Files.delete(folder.resolve("test/white"));
        write(folder.resolve("test/green/1.png"), plain(8, 8, Color.GREEN));
        assertThat(ImageFolder.isIn(folder)).isTrue();
    }
}
