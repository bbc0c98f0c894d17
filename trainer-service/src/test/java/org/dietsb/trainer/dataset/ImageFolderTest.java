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
import java.util.Comparator;
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
        Files.writeString(folder.resolve("train/red/.hidden.png"), "no picture");
        write(folder.resolve("train/red/.ipynb_checkpoints/1-checkpoint.png"), plain(12, 8, Color.BLUE));
        write(folder.resolve("train/red/deep/.thumbnails/large/2.png"), plain(8, 8, Color.BLUE));
        write(folder.resolve("train/.thumbnails/1.png"), plain(8, 8, Color.BLUE));
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
        return read(SIZE);
    }

    private Dataset read(int size) throws DatasetException {
        return ImageFolder.read("folder", folder, rules(size), cache, 0);
    }

    private static PictureRules rules(int size) {
        return new PictureRules(size, OnBadPicture.FAIL, Long.MAX_VALUE, anywhere -> true);
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

        Dataset some = ImageFolder.read("folder", folder, rules(SIZE), cache, 20);

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

        byte[] image = PictureTest.decode(root.resolve("grey.png"), SIZE);

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

        for (byte shade : PictureTest.decode(root.resolve("stripes.png"), SIZE)) {
            assertThat(shade & 0xFF).isBetween(120, 135);
        }
    }

    @Test
    void decodedPicturesAreReusedForEqualContentOnly() throws IOException, DatasetException {
        Dataset first = read();
        assertThat(cached()).hasSize(2).allMatch(file -> file.toString().matches(".*/[0-9a-f]{64}\\.images"));
        FileTime decoded = Files.getLastModifiedTime(cached().get(0));

        assertThat(read().identity()).isEqualTo(first.identity());
        assertThat(cached()).hasSize(2);
        assertThat(Files.getLastModifiedTime(cached().get(0))).isEqualTo(decoded);

        // Another picture of equal name, length and time.
        Path picture = folder.resolve("train/red/1.png");
        FileTime time = Files.getLastModifiedTime(picture);
        long length = Files.size(picture);
        write(picture, plain(12, 8, Color.GREEN));
        assertThat(Files.size(picture)).isEqualTo(length);
        Files.setLastModifiedTime(picture, time);

        assertThat(read().identity().checksum()).isNotEqualTo(first.identity().checksum());
        assertThat(cached()).hasSize(3);
    }

    @Test
    void twoFoldersOfEqualNamesLengthsAndTimesAreTwoDatasets() throws IOException, DatasetException {
        Path other = root.resolve("other");
        for (String split : List.of("train", "val")) {
            write(folder.resolve(split + "/red/same.png"), plain(8, 8, Color.RED));
            write(folder.resolve(split + "/blue/same.png"), plain(8, 8, Color.BLUE));
            write(other.resolve(split + "/red/same.png"), plain(8, 8, Color.BLUE));
            write(other.resolve(split + "/blue/same.png"), plain(8, 8, Color.RED));
        }
        for (String name :
                List.of("train/red/1.png", "train/blue/1.jpg", "train/red/deep", "val/red/1.png", "val/blue/1.png")) {
            delete(folder.resolve(name));
        }
        FileTime time = FileTime.fromMillis(0);
        for (Path top : List.of(folder, other)) {
            for (String name : List.of("train/red", "train/blue", "val/red", "val/blue")) {
                Files.setLastModifiedTime(top.resolve(name).resolve("same.png"), time);
            }
        }

        Dataset one = read();
        Dataset two = ImageFolder.read("folder", other, rules(SIZE), cache, 0);

        assertThat(one.identity().checksum()).isNotEqualTo(two.identity().checksum());
        for (int i = 0; i < 2; i++) {
            boolean red = (one.train().image(i)[0] & 0xFF) > 128;
            assertThat(one.classNames().get(one.train().label(i))).isEqualTo(red ? "red" : "blue");
            boolean otherRed = (two.train().image(i)[0] & 0xFF) > 128;
            assertThat(two.classNames().get(two.train().label(i))).isEqualTo(otherRed ? "blue" : "red");
        }
    }

    private static void delete(Path file) throws IOException {
        try (Stream<Path> all = Files.walk(file)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".images"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void sizeChangesCacheFileAndIdentity() throws IOException, DatasetException {
        Dataset small = read();
        Dataset large = read(16);

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
    void errorsNameTheFolder() throws IOException, DatasetException {
        Files.createDirectories(folder.resolve("train/green"));
        assertThatThrownBy(this::read)
                .hasMessage(folder.resolve("val") + " lacks the classes green of " + folder.resolve("train"));
        Files.createDirectories(folder.resolve("val/green"));
        assertThatThrownBy(this::read).hasMessage(folder.resolve("train/green") + " has no picture");
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
        assertThat(read().test().count()).isPositive();
    }
}
