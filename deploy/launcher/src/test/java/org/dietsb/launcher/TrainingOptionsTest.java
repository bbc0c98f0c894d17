package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingOptionsTest {
    private final TrainingOptions options = new TrainingOptions();
    private final ScoringOptions scoring = new ScoringOptions();

    @Test
    void ordersTheDefaultsThatTheHelpTells() {
        assertThat(options.toJson())
                .hasToString("{\"dataset\":\"fashion-mini\",\"model\":\"resnet8\",\"epochs\":10,\"batchSize\":128,"
                        + "\"window\":4,\"learningRate\":0.1,\"schedule\":\"cosine\",\"warmupEpochs\":0.0,"
                        + "\"momentum\":0.9,\"weightDecay\":5.0E-4,\"seed\":1,\"limit\":0}");
    }

    @Test
    void namesFolderAndAugmentationOnlyIfTheyWereNamed() {
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
        scoring.check(options);
        assertThat(scoring.toJson(options).path("scoringEpochs").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "FASHION_MNIST, train-images-idx3-ubyte.gz",
        "MNIST_IDX, train-images.idx3-ubyte",
        "CIFAR10, cifar-10-batches-bin/data_batch_1.bin",
        "CIFAR100, train.bin"
    })
    void findsADatasetInItsFolderOrInWhatItUnpacksTo(TrainingOptions.Dataset dataset, String file, @TempDir Path folder)
            throws IOException {
        // Given
        assertThat(dataset.isIn(folder)).isFalse();
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), "");
        // Then
        assertThat(dataset.isIn(folder)).isTrue();
        assertThat(dataset.isIn(folder.resolve("elsewhere"))).isFalse();
    }
}
