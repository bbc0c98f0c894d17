package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFolderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    private Path folder() throws IOException {
        return Files.createDirectories(home.resolve("own"));
    }

    private Dataset open(int imageSize) throws IOException, DatasetException {
        return open(new PictureRules(imageSize, OnBadPicture.FAIL, Long.MAX_VALUE, anywhere -> true));
    }

    private Dataset open(PictureRules rules) throws IOException, DatasetException {
        return new DatasetCatalog(home).open("folder", folder(), 0, rules);
    }

    private void picture(String file) throws IOException {
        Path path = folder().resolve(file);
        Files.createDirectories(path.resolveSibling(""));
        ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png", path.toFile());
    }

    @Test
    void readsPicturesAt32PixelsOrAsAsked() throws IOException, DatasetException {
        picture("train/a/1.png");
        picture("test/a/1.png");

        assertThat(open(0).train().height()).isEqualTo(32);
        assertThat(open(48).train().width()).isEqualTo(48);
        assertThat(open(0).identity().name()).isEqualTo("folder");
    }

    @Test
    void readsTheNumberOfClassesFromIdxFiles() throws IOException, DatasetException {
        Files.write(folder().resolve("train-images-idx3-ubyte"), IdxFilesTest.images(0x803, 2, 2, 1, new byte[4]));
        Files.write(folder().resolve("train-labels-idx1-ubyte"), IdxFilesTest.labels(0x801, 2, 0, 12));
        Files.write(folder().resolve("t10k-images-idx3-ubyte"), IdxFilesTest.images(0x803, 1, 2, 1, new byte[2]));
        Files.write(folder().resolve("t10k-labels-idx1-ubyte"), IdxFilesTest.labels(0x801, 1, 7));

        assertThat(open(0).classNames()).hasSize(13).endsWith("12");
        assertThatThrownBy(() -> open(64))
                .hasMessage("image-size is 64, allowed is none: " + folder() + " holds IDX files");
        assertThatThrownBy(() -> open(new PictureRules(0, OnBadPicture.SKIP, Long.MAX_VALUE, anywhere -> true)))
                .hasMessage("on-bad-picture is skip, allowed is none: " + folder() + " holds IDX files");

        Files.write(folder().resolve("t10k-labels-idx1-ubyte"), IdxFilesTest.labels(0x801, 1, 13));
        assertThatThrownBy(() -> open(0)).hasMessageContaining("has label 13 at offset 8, allowed is [0, 13)");
    }

    @Test
    void readsTheLayoutsOfCifarAndSvhn() throws IOException, DatasetException {
        for (int i = 1; i <= 5; i++) {
            Files.write(folder().resolve("data_batch_" + i + ".bin"), CifarFilesTest.records(1, i));
        }
        Files.write(folder().resolve("test_batch.bin"), CifarFilesTest.records(1, 9));
        assertThat(open(0).train().labels()).containsExactly(1, 2, 3, 4, 5);
        Files.delete(folder().resolve("data_batch_1.bin"));

        Files.write(folder().resolve("train.bin"), CifarFilesTest.records(2, 99));
        Files.write(folder().resolve("test.bin"), CifarFilesTest.records(2, 5));
        assertThat(open(0).train().labels()).containsExactly(99);
        Files.delete(folder().resolve("train.bin"));

        SvhnFilesTest.write(folder().resolve("train_32x32.mat"), 10, 3);
        SvhnFilesTest.write(folder().resolve("test_32x32.mat"), 9);
        assertThat(open(0).train().labels()).containsExactly(0, 3);
    }

    @Test
    void errorListsKnownOrAmbiguousLayouts() throws IOException {
        assertThatThrownBy(() -> open(0))
                .isInstanceOf(DatasetException.class)
                .hasMessage(folder()
                        + " is not a dataset: looked for an image folder (train/CLASS/*.jpg, .png or .webp), IDX files"
                        + " (train-images-idx3-ubyte), the binary layout of CIFAR-10 (data_batch_1.bin), the binary"
                        + " layout of CIFAR-100 (train.bin), the MATLAB files of SVHN (train_32x32.mat)");
        Files.createDirectories(folder().resolve("train"));
        Files.writeString(folder().resolve("train.bin"), "");
        assertThatThrownBy(() -> open(0))
                .hasMessage(folder() + " holds an image folder and the binary layout of CIFAR-100: put each into a"
                        + " folder of its own");
        assertThatThrownBy(() -> new DatasetCatalog(home).open("folder", null, 0))
                .hasMessage("dataset folder requires data-dir, the folder to use");
    }
}
