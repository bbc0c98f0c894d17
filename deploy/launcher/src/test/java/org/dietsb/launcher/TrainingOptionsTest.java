package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
}
