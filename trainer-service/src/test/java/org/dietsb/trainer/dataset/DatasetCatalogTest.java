package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetCatalogTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    @Test
    void shipsFashionMini() throws DatasetException {
        Dataset dataset = catalog().open("fashion-mini", null, 0);

        assertThat(dataset.train().count()).isEqualTo(10_000);
        assertThat(dataset.test().count()).isEqualTo(2_000);
        assertThat(dataset.classNames()).hasSize(10).contains("trouser");
        assertThat(dataset.identity().count()).isEqualTo(10_000);
        assertThat(dataset.identity().checksum())
                .isEqualTo("6fe3d4bb431876cfb63776cdfef062394a4a0ba8fffee6421cb0b56588fdfe3b");
        assertThat(dataset.mean()[0]).isCloseTo(.286f, within(.003f));
        assertThat(dataset.std()[0]).isCloseTo(.353f, within(.003f));
    }

    @Test
    void fashionMiniIsTheStartOfFashionMnist() throws DatasetException {
        assumeThat(Path.of("/usr/share/datasets/fashion-mnist")).isDirectory();

        Dataset mini = catalog().open("fashion-mini", null, 0);
        Dataset whole = catalog().open("fashion-mnist", null, 10_000);

        assertThat(IdxFilesTest.pixels(mini.train())).isEqualTo(IdxFilesTest.pixels(whole.train()));
        assertThat(mini.train().labels()).isEqualTo(whole.train().labels());
        assertThat(IdxFilesTest.pixels(mini.test()))
                .isEqualTo(IdxFilesTest.pixels(whole.test().first(2_000)));
        assertThat(whole.test().count()).isEqualTo(10_000);
    }

    @Test
    void limitChangesTheIdentityButNotTheTestSet() throws DatasetException {
        Dataset whole = catalog().open("fashion-mini", null, 0);
        Dataset some = catalog().open("fashion-mini", null, 500);

        assertThat(some.identity().count()).isEqualTo(500);
        assertThat(some.train().count()).isEqualTo(500);
        assertThat(some.test().count()).isEqualTo(2_000);
        assertThat(some.identity().checksum()).isNotEqualTo(whole.identity().checksum());
        assertThat(catalog().open("fashion-mini", null, 20_000).identity()).isEqualTo(whole.identity());
    }

    @Test
    void findsCifar10InItsFolderOrOneBelow() throws IOException, DatasetException {
        Path below = Files.createDirectories(home.resolve("data/cifar-10-batches-bin"));
        for (int i = 1; i <= 5; i++) {
            Files.write(below.resolve("data_batch_" + i + ".bin"), CifarFilesTest.records(1, i, 0));
        }
        Files.write(below.resolve("test_batch.bin"), CifarFilesTest.records(1, 9));

        Dataset above = catalog().open("cifar10", home.resolve("data"), 0);

        assertThat(above.train().labels()).containsExactly(1, 0, 2, 0, 3, 0, 4, 0, 5, 0);
        assertThat(above.test().labels()).containsExactly(9);
        assertThat(above.mean()).hasSize(3);
        assertThat(catalog().open("cifar10", below, 0).identity()).isEqualTo(above.identity());
    }

    @Test
    void readsCifar100WithItsFineNames() throws IOException, DatasetException {
        Path folder = Files.createDirectories(home.resolve("data"));
        Files.write(folder.resolve("train.bin"), CifarFilesTest.records(2, 99, 0));
        Files.write(folder.resolve("test.bin"), CifarFilesTest.records(2, 5));
        Files.writeString(folder.resolve("fine_label_names.txt"), "fine\n".repeat(99) + "worm\n\n");

        Dataset dataset = catalog().open("cifar100", folder, 0);

        assertThat(dataset.classNames()).hasSize(100).endsWith("worm");
        assertThat(dataset.train().label(0)).isEqualTo(99);

        Files.write(folder.resolve("fine_label_names.txt"), new byte[100_001]);
        assertThatThrownBy(() -> catalog().open("cifar100", folder, 0))
                .hasMessage(folder.resolve("fine_label_names.txt") + " has 100001 bytes, allowed is at most 100000");
    }

    @Test
    void readsSvhn() throws IOException, DatasetException {
        Path folder = Files.createDirectories(home.resolve("data"));
        SvhnFilesTest.write(folder.resolve("train_32x32.mat"), 10, 3);
        SvhnFilesTest.write(folder.resolve("test_32x32.mat"), 9);

        Dataset dataset = catalog().open("svhn", folder, 1);

        assertThat(dataset.train().labels()).containsExactly(0);
        assertThat(dataset.test().labels()).containsExactly(9);
        assertThat(dataset.classNames()).hasSize(10).startsWith("0");
    }

    @Test
    void readsAnyFolderOfIdxFiles() throws IOException, DatasetException {
        Path folder = Files.createDirectories(home.resolve("data"));
        Files.write(folder.resolve("train-images-idx3-ubyte"), IdxFilesTest.images(0x803, 2, 2, 1, new byte[4]));
        Files.write(folder.resolve("train-labels-idx1-ubyte"), IdxFilesTest.labels(0x801, 2, 1, 2));
        Files.write(
                folder.resolve("t10k-images-idx3-ubyte.gz"),
                IdxFilesTest.gzipped(IdxFilesTest.images(0x803, 1, 2, 1, new byte[2])));
        Files.write(folder.resolve("t10k-labels.idx1-ubyte"), IdxFilesTest.labels(0x801, 1, 7));

        Dataset dataset = catalog().open("mnist-idx", folder, 0);

        assertThat(dataset.train().labels()).containsExactly(1, 2);
        assertThat(dataset.test().label(0)).isEqualTo(7);
    }

    @Test
    void namedFolderIsSearchedOnlyAndNothingIsDownloaded() {
        assertThatThrownBy(() -> catalog().open("cifar10", home, 0))
                .isInstanceOf(DatasetException.class)
                .hasMessage("dataset cifar10 is not in data-dir " + home);
        assertThatThrownBy(() -> catalog().open("mnist", home.resolve("none"), 0))
                .hasMessage("data-dir is " + home.resolve("none") + ", which is not a folder");
    }

    @Test
    void rejectsAnUnknownNameAndANegativeLimit() {
        assertThatThrownBy(() -> catalog().open("imagenet", null, 0))
                .hasMessage("dataset is imagenet, allowed is one of fashion-mini, fashion-mnist, mnist, mnist-idx,"
                        + " cifar10, cifar100, svhn, folder");
        assertThatThrownBy(() -> catalog().open("fashion-mini", null, -1))
                .hasMessage("limit is -1, allowed is 0 (all) or more");
    }

    @Test
    void listsEveryDatasetAndItsAvailability() {
        assertThat(catalog().list()).extracting(DatasetCard::name).containsExactlyElementsOf(DatasetCatalog.names());
        assertThat(catalog().list())
                .filteredOn(card -> card.name().equals("fashion-mini"))
                .allMatch(DatasetCard::available);
        assertThat(catalog().list())
                .filteredOn(card -> card.name().equals("cifar10"))
                .noneMatch(DatasetCard::available);
    }

    @Test
    void downloadsOverTlsOnlyAndWithStrongChecksums() {
        for (DatasetCatalog.Entry entry : DatasetCatalog.Entry.values()) {
            for (Download.Source source : DatasetSources.of(entry)) {
                assertThat(source.address()).startsWith("https://");
                assertThat(source.sha256()).matches("[0-9a-f]{64}");
                assertThat(source.bytes()).isBetween(1_000L, 1L << 28);
            }
        }
        assertThat(DatasetSources.of(DatasetCatalog.Entry.SVHN)).hasSize(2);
        assertThat(DatasetSources.of(DatasetCatalog.Entry.FASHION_MNIST)).hasSize(4);
    }

    private DatasetCatalog catalog() {
        return new DatasetCatalog(home);
    }
}
