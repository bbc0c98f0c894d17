package org.dietsb.launcher.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dietsb.contracts.field.FolderLayout;
import org.dietsb.launcher.text.Mistakes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingOptionsTest {
    private final TrainingOptions options = new TrainingOptions();
    private final ScoringOptions scoring = new ScoringOptions();

    @Test
    void ordersTheDefaultsOfTheHelp() {
        assertThat(options.toJson())
                .hasToString("{\"dataset\":\"fashion-mini\",\"model\":\"resnet8\",\"epochs\":10,\"batchSize\":128,"
                        + "\"window\":4,\"learningRate\":0.1,\"schedule\":\"cosine\",\"warmupEpochs\":0.0,"
                        + "\"momentum\":0.9,\"weightDecay\":5.0E-4,\"seed\":1,\"limit\":0}");
    }

    @Test
    void includesFolderAndAugmentationOnlyIfGiven() {
        options.dataDir = Path.of("some", "..", "folder");
        options.augment = TrainingOptions.Augment.CROP_FLIP;
        assertThat(options.toJson().path("augment").asText()).isEqualTo("crop,flip");
        assertThat(options.toJson().path("dataDir").asText())
                .isEqualTo(Path.of("folder").toAbsolutePath().toString());
    }

    @Test
    void scoresWithTwoModelsOfTwoEpochs() {
        assertThat(scoring.toJson(options).path("members").asInt()).isEqualTo(2);
        assertThat(scoring.toJson(options).path("scoringEpochs").asInt()).isEqualTo(2);
    }

    @Test
    void scoresNoLongerThanTheScheduleLasts() {
        options.epochs = 1;
        Mistakes mistakes = new Mistakes();
        scoring.check(options, mistakes);
        mistakes.orThrow();
        assertThat(scoring.toJson(options).path("scoringEpochs").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "FASHION_MNIST, train-images-idx3-ubyte.gz",
        "MNIST_IDX, train-images.idx3-ubyte",
        "CIFAR10, cifar-10-batches-bin/data_batch_1.bin",
        "CIFAR100, train.bin"
    })
    void findsADatasetInItsFolderOrInItsUnpackedSubfolder(Dataset dataset, String file, @TempDir Path folder)
            throws IOException {
        // Given
        assertThat(dataset.isIn(folder)).isFalse();
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), "");
        // Then
        assertThat(dataset.isIn(folder)).isTrue();
        assertThat(dataset.isIn(folder.resolve("elsewhere"))).isFalse();
    }

    @Test
    void recognizesTheLayoutOfAFolder(@TempDir Path folder) throws IOException {
        assertThat(FolderLayout.of(folder)).isEmpty();
        Files.writeString(folder.resolve("train-images-idx3-ubyte.gz"), "");
        assertThat(FolderLayout.of(folder)).containsExactly(FolderLayout.IDX);
        Files.createDirectories(folder.resolve("train/class"));
        assertThat(FolderLayout.of(folder)).containsExactly(FolderLayout.IMAGES, FolderLayout.IDX);

        options.dataset = Dataset.FOLDER;
        options.dataDir = folder;
        assertThatThrownBy(() -> check(options))
                .hasMessage("--data-dir is " + folder
                        + ", which holds an image folder and IDX files, allowed is a folder of" + " one dataset");
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        options.imageSize = 64;
        check(options);
        assertThat(options.toJson().path("imageSize").asInt()).isEqualTo(64);
        assertThat(options.toJson().has("onBadPicture")).isFalse();
        options.onBadPicture = TrainingOptions.OnBadPicture.SKIP;
        assertThat(options.toJson().path("onBadPicture").asText()).isEqualTo("skip");
        check(options);
        Files.delete(folder.resolve("train/class"));
        Files.delete(folder.resolve("train"));
        assertThatThrownBy(() -> check(options))
                .hasMessageStartingWith("--data-dir is " + folder + ", allowed is a folder with one of an image folder"
                        + " (train/CLASS/*.jpg, .png or .webp), IDX files (train-images-idx3-ubyte), ");
    }

    @Test
    void identifiesATorchScriptFileByItsContent(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("net.pt");
        Files.writeString(file, "abc");
        options.models = List.of(ModelChoice.parse(file.toString()), ModelChoice.parse("resnet20"));
        check(options);

        // The SHA-256 of abc by FIPS 180-2.
        String checksum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(options.toJson().path("modelFile").asText()).isEqualTo(file.toString());
        assertThat(options.toJson().path("modelChecksum").asText()).isEqualTo(checksum);
        assertThat(options.toJson().has("model")).isFalse();
        assertThat(options.variants().get(1).of(options.toJson()).path("model").asText())
                .isEqualTo("resnet20");
        assertThat(options.variants().get(1).of(options.toJson()).has("modelFile"))
                .isFalse();
        assertThat(options.variants().get(0).words()).startsWith("net.pt-");
    }

    private static void check(TrainingOptions options) {
        Mistakes mistakes = new Mistakes();
        options.check(mistakes);
        mistakes.orThrow();
    }
}
