package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.dietsb.contracts.RefusedException;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoringPlanTest {

    @Test
    void defaultsAreThoseOfTheReadme() {
        ScoringPlan plan = plan("{}");
        assertThat(plan.members()).isEqualTo(2);
        assertThat(plan.scoringEpochs()).isEqualTo(2);
        assertThat(plan.seed()).isEqualTo(1);
        TrainingOrder recipe = plan.recipe();
        assertThat(recipe.getDataset().getName()).isEqualTo("fashion-mini");
        assertThat(recipe.getModel()).isEqualTo("resnet8");
        assertThat(recipe.getRecipe().getEpochs()).isEqualTo(10);
        assertThat(recipe.getRecipe().getBatchSize()).isEqualTo(128);
        assertThat(recipe.getRecipe().getLearningRate()).isEqualTo(.1);
        assertThat(recipe.getRecipe().getCrop()).isTrue();
        assertThat(recipe.getRecipe().getFlip()).isTrue();
        assertThat(recipe.getFirstPolicy().getKind()).isEqualTo(Policy.Kind.BASELINE);
        assertThat(recipe.getEvaluateEvery()).isZero();
        assertThat(recipe.getMaskTimeoutMillis()).isEqualTo(30_000);
    }

    @Test
    void idTellsRecipeAndIsTheSameForEqualRequests() {
        String id = plan("{}").id();
        assertThat(id).matches("fashion-mini-resnet8-k2-e2-[0-9a-f]{8}");
        assertThat(plan("{\"seed\": 1, \"members\": 2, \"learningRate\": 0.1, \"dataset\": \"fashion-mini\"}")
                        .id())
                .isEqualTo(id);
        // Pinned: an id that changes with a version would score everything again.
        assertThat(id).isEqualTo("fashion-mini-resnet8-k2-e2-ad43301a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"seed\": 2}",
                "{\"limit\": 100}",
                "{\"dataDir\": \"/data\"}",
                "{\"epochs\": 11}",
                "{\"batchSize\": 64}",
                "{\"learningRate\": 0.2}",
                "{\"schedule\": \"step\"}",
                "{\"warmupEpochs\": 1}",
                "{\"momentum\": 0.8}",
                "{\"weightDecay\": 0}",
                "{\"augment\": \"crop\"}",
                "{\"window\": 1}",
                "{\"members\": 3}",
                "{\"scoringEpochs\": 1}"
            })
    void everyFieldMakesAnotherId(String json) {
        assertThat(plan(json).id()).isNotEqualTo(plan("{}").id());
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void whatIsOutOfRangeIsNamed(String json, String message) {
        assertThatThrownBy(() -> plan(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static final String CHECKSUM = "0123456789abcdef".repeat(4);

    @Test
    void membersTrainPicturesAndNetworksOfOnesOwn() {
        ScoringPlan plan =
                plan("{\"dataset\": \"folder\", \"dataDir\": \"/data\", \"imageSize\": 64, \"modelFile\": \"/x.pt\","
                        + " \"modelChecksum\": \"" + CHECKSUM + "\"}");

        assertThat(plan.recipe().getModel()).isEqualTo("pt-0123456789ab");
        assertThat(plan.recipe().getModelFile().getPath()).isEqualTo("/x.pt");
        assertThat(plan.recipe().getModelFile().getChecksum()).isEqualTo(CHECKSUM);
        assertThat(plan.recipe().getDataset().getImageSize()).isEqualTo(64);
        // As the trainer does.
        assertThat(plan.recipe().getRecipe().getFlip()).isTrue();
        assertThat(plan.id()).startsWith("folder-pt-0123456789ab-k2-e2-");
        assertThat(plan.id())
                .isNotEqualTo(plan("{\"dataset\": \"folder\", \"dataDir\": \"/data\", \"modelFile\": \"/x.pt\","
                                + " \"modelChecksum\": \"" + CHECKSUM + "\"}")
                        .id());
    }

    @Test
    void badPicturesAreSkippedAsOrdered() {
        ScoringPlan skips = plan("{\"dataset\": \"folder\", \"dataDir\": \"/data\", \"onBadPicture\": \"skip\"}");
        ScoringPlan fails = plan("{\"dataset\": \"folder\", \"dataDir\": \"/data\", \"onBadPicture\": \"fail\"}");

        assertThat(skips.recipe().getDataset().getOnBadPicture()).isEqualTo(DatasetChoice.OnBadPicture.SKIP);
        assertThat(skips.id()).isNotEqualTo(fails.id());
        assertThat(fails.id())
                .isEqualTo(plan("{\"dataset\": \"folder\", \"dataDir\": \"/data\"}")
                        .id());
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(
                Arguments.of("{\"members\": 0}", "members is 0, allowed is [1, 100]"),
                Arguments.of("{\"members\": 101}", "members is 101, allowed is [1, 100]"),
                Arguments.of("{\"members\": 2.5}", "members is 2.5, allowed is an integer"),
                Arguments.of("{\"members\": \"two\"}", "members is two, allowed is an integer"),
                Arguments.of("{\"seed\": 99999999999999999999}", "seed is 99999999999999999999, allowed is an integer"),
                Arguments.of("{\"momentum\": \"0.9\"}", "momentum is 0.9, allowed is a number"),
                Arguments.of("{\"dataset\": 3}", "dataset is 3, allowed is a string"),
                Arguments.of("{\"scoringEpochs\": 11}", "scoringEpochs is 11, allowed is [1, 10]"),
                Arguments.of("{\"scoringEpochs\": 0}", "scoringEpochs is 0, allowed is [1, 10]"),
                Arguments.of("{\"epochs\": 0}", "epochs is 0, allowed is [1, 100000]"),
                Arguments.of("{\"batchSize\": 0}", "batchSize is 0, allowed is [1, 65536]"),
                Arguments.of("{\"window\": 65}", "window is 65, allowed is [1, 64]"),
                Arguments.of("{\"limit\": -1}", "limit is -1, allowed is 0 (all) or more"),
                Arguments.of("{\"learningRate\": 0}", "learningRate is 0, allowed is (0, 1000000)"),
                Arguments.of("{\"warmupEpochs\": 10}", "warmupEpochs is 10, allowed is [0, 10)"),
                Arguments.of("{\"momentum\": 1}", "momentum is 1, allowed is [0, 1)"),
                Arguments.of("{\"weightDecay\": -1}", "weightDecay is -1, allowed is [0, 1)"),
                Arguments.of("{\"schedule\": \"linear\"}", "schedule is linear, allowed is cosine | step | constant"),
                Arguments.of("{\"augment\": \"mixup\"}", "augment is mixup, allowed is crop,flip | crop | flip | none"),
                Arguments.of("{\"id\": \"Upper\"}", "id is Upper, allowed is [a-z0-9][a-z0-9.-]{0,62}"),
                Arguments.of(
                        "{\"onBadPicture\": \"skip\"}",
                        "onBadPicture is skip, allowed is fail but with dataset folder"),
                Arguments.of(
                        "{\"dataset\": \"folder\", \"onBadPicture\": \"keep\"}",
                        "onBadPicture is keep, allowed is fail | skip"),
                Arguments.of("{\"imageSize\": 32}", "imageSize is 32, allowed is none but with dataset folder"),
                Arguments.of("{\"dataset\": \"folder\", \"imageSize\": 600}", "imageSize is 600, allowed is [8, 512]"),
                Arguments.of("{\"modelChecksum\": \"ab\"}", "modelChecksum is ab, allowed is none without modelFile"),
                Arguments.of("{\"modelFile\": \"/x.pt\"}", "modelChecksum is , allowed is [0-9a-f]{64}"),
                Arguments.of(
                        "{\"modelFile\": \"/../x.pt\", \"modelChecksum\": \"" + CHECKSUM + "\"}",
                        "modelFile is /../x.pt, allowed is an absolute path without .., of at most 4096 characters"),
                Arguments.of(
                        "{\"modelFile\": \"/x.pt\", \"model\": \"resnet8\"}",
                        "model is resnet8, allowed is none with modelFile"),
                Arguments.of("{\"dataset\": \"a/b\"}", "dataset is a/b, allowed is [a-z0-9][a-z0-9.-]{0,19}"));
    }

    @Test
    void anUnknownKeyIsNamedWithThoseThatAreAllowed() {
        assertThatThrownBy(() -> plan("{\"member\": 2}"))
                .hasMessageStartingWith("member is not a key of a scoring, allowed are augment, batchSize, dataDir");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "null", "3", "{} {}"})
    void whatIsNoObjectIsRefused(String json) {
        assertThatThrownBy(() -> plan(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("body");
    }

    @Test
    void digitsAreNotFlippedUnlessAsked() {
        assertThat(plan("{\"dataset\": \"mnist-idx\"}").recipe().getRecipe().getFlip())
                .isFalse();
        assertThat(plan("{\"dataset\": \"mnist-idx\", \"augment\": \"crop,flip\"}")
                        .recipe()
                        .getRecipe()
                        .getFlip())
                .isTrue();
    }

    @Test
    void theLongestIdLeavesRoomForItsMembers() {
        ScoringPlan plan = plan("{\"members\": 100, \"id\": \"" + "a".repeat(63) + "\"}");
        assertThat(plan.requested(999, 0).getMemberRunIdsList())
                .allMatch(runId -> runId.matches("[a-z0-9][a-z0-9.-]{0,79}"));
        String derived = plan("{\"members\": 100, \"epochs\": 100000, \"scoringEpochs\": 100000, \"dataset\": \""
                        + "a".repeat(20) + "\", \"model\": \"" + "b".repeat(20) + "\"}")
                .id();
        assertThat(derived).matches("[a-z0-9][a-z0-9.-]{0,62}");
    }

    @Test
    void ordersDifferInRunSeedAndMemberOnly() {
        ScoringPlan plan = plan("{\"id\": \"s\", \"scoringEpochs\": 3}");
        ScoringRequested asked = plan.requested(1, 5);
        TrainingOrder first = ScoringPlan.order("s", asked, 0);
        TrainingOrder second = ScoringPlan.order("s", asked, 1);
        assertThat(first.getRunId()).isEqualTo("s-member-0");
        assertThat(second.getRunId()).isEqualTo("s-member-1");
        assertThat(first.getSeed()).isNotEqualTo(second.getSeed());
        assertThat(first.getMember().getStopAfterEpochs()).isEqualTo(3);
        assertThat(first.getRecipe()).isEqualTo(second.getRecipe());
        assertThat(first.getRecipe().getEpochs()).isEqualTo(10);
        assertThat(plan.requested(2, 5).getMemberRunIds(1)).isEqualTo("s-member-1-try2");
        assertThat(plan.isSameAs(plan.requested(2, 9))).isTrue();
        assertThat(plan("{\"id\": \"s\"}").isSameAs(asked)).isFalse();
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        assertThatThrownBy(
                        () -> plan("{\"epochs\": 0, \"members\": 101, \"batchSize\": \"many\", \"augment\": \"rotate\","
                                + " \"window\": 65, \"momentum\": 1}"))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(RefusedException.byField(refused))
                        .containsOnlyKeys("epochs", "members", "batchSize", "augment", "window", "momentum")
                        .containsEntry("members", "members is 101, allowed is [1, 100]")
                        .containsEntry("batchSize", "batchSize is many, allowed is an integer"));
    }

    private static ScoringPlan plan(String json) {
        return ScoringPlan.parse(json);
    }
}
