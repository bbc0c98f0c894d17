package org.dietsb.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of el2n-scores as the first version wrote them: they are kept on a compacted topic and must stay readable. */
class GoldenBytesTest {
    private static final Map<String, ScoreMessage> MESSAGES = Map.of(
            "requested",
            message()
                    .setRequested(ScoringRequested.newBuilder()
                            .setMembers(2)
                            .setScoringEpochs(3)
                            .setRecipe(TrainingOrder.newBuilder()
                                    .setDataset(DatasetChoice.newBuilder().setName("fashion-mini"))
                                    .setModel("resnet8")
                                    .setRecipe(Recipe.newBuilder().setEpochs(10).setBatchSize(128)))
                            .addMemberRunIds("s-member-0")
                            .addMemberRunIds("s-member-1")
                            .addMemberSeeds(11)
                            .addMemberSeeds(-12)
                            .setEpochMillis(1_700_000_000_000L))
                    .build(),
            "chunk",
            message()
                    .setChunk(ScoreChunk.newBuilder()
                            .setFirstIndex(10_000)
                            .addScores(.25f)
                            .addScores(1.4142135f)
                            .addLabels(9)
                            .addLabels(0))
                    .build(),
            "manifest",
            message()
                    .setManifest(ScoreSetManifest.newBuilder()
                            .setDataset(DatasetIdentity.newBuilder()
                                    .setName("fashion-mini")
                                    .setCount(10_000)
                                    .setClasses(10)
                                    .setChecksum("f00d"))
                            .setMembers(2)
                            .setScoringEpochs(3)
                            .setModel("resnet8")
                            .addMemberSeeds(11)
                            .addMemberSeeds(-12)
                            .setCount(10_000)
                            .setChecksum("beef")
                            .setMean(.5)
                            .setSeconds(12.25)
                            .setExamplesTrained(60_000)
                            .setEpochMillis(1_700_000_000_000L))
                    .build(),
            "failed",
            message()
                    .setFailed(ScoringFailed.newBuilder()
                            .setReason("member 1 failed: no memory")
                            .setEpochMillis(1_700_000_000_000L))
                    .build());

    private static ScoreMessage.Builder message() {
        return ScoreMessage.newBuilder().setScoreSet("s");
    }

    static Stream<String> names() {
        return MESSAGES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void oldBytesAreReadAndWrittenUnchanged(String name) throws IOException {
        byte[] golden = golden(name);
        ScoreMessage message = Objects.requireNonNull(MESSAGES.get(name));
        assertThat(read(golden)).isEqualTo(message);
        assertThat(message.toByteArray()).isEqualTo(golden);
    }

    private static ScoreMessage read(byte[] bytes) throws InvalidProtocolBufferException {
        return ScoreMessage.parseFrom(bytes);
    }

    private static byte[] golden(String name) throws IOException {
        try (var hex = GoldenBytesTest.class.getResourceAsStream("/golden/score-" + name + ".hex")) {
            assertThat(hex).as("golden bytes of " + name).isNotNull();
            return HexFormat.of().parseHex(new String(hex.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }
}
