package org.dietsb.trainer.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.model.ModelCatalog;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;
import org.junit.jupiter.api.Test;

class RunRequestTest {

    @Test
    void absentFieldsHaveDocumentedDefaults() {
        TrainingOrder order = order("{\"id\": \"mine\"}");

        assertThat(order)
                .isEqualTo(new TrainingOrder(
                        "mine",
                        new TrainingOrder.DatasetChoice("fashion-mini", null, 0, 0),
                        "resnet8",
                        1,
                        new TrainingOrder.Recipe(10, new Budget.Epochs(), 128, .1, "cosine", 0, .9, 5e-4, true, true),
                        4,
                        Policy.BASELINE,
                        Duration.ofSeconds(30),
                        OnTimeout.WHOLE,
                        1,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        false,
                        List.of()));
    }

    @Test
    void digitsAreNotFlipped() {
        assertThat(order("{\"dataset\": \"mnist\"}").recipe().flip()).isFalse();
        assertThat(order("{\"dataset\": \"mnist-idx\"}").recipe().flip()).isFalse();
        assertThat(order("{\"dataset\": \"svhn\"}").recipe().flip()).isFalse();
        assertThat(order("{\"dataset\": \"mnist\"}").recipe().crop()).isTrue();
        assertThat(order("{\"dataset\": \"fashion-mnist\"}").recipe().flip()).isTrue();
        assertThat(order("{\"dataset\": \"cifar10\", \"augment\": \"none\"}")
                        .recipe()
                        .flip())
                .isFalse();
    }

    @Test
    void orderSurvivesARoundTrip() {
        for (String body : List.of(
                "{}",
                "{\"budget\": \"steps=7\", \"schedule\": \"step\", \"onTimeout\": \"random\", \"augment\": \"flip\"}",
                "{\"budget\": \"passes=1.5\", \"schedule\": \"constant\", \"onTimeout\": \"wait\", \"dataDir\": \"/x\"}",
                "{\"policy\": {\"kind\": \"diet-selective\", \"rule\": \"percentile\", \"scoreSet\": \"s\","
                        + " \"order\": \"highest\", \"balanced\": true, \"batching\": \"accumulate\"}}",
                "{\"policy\": {\"kind\": \"diet-random\", \"order\": \"random\", \"start\": 0.1, \"end\": 0.9,"
                        + " \"interrupt\": 3}, \"maskTimeoutSeconds\": 0.25, \"evaluateEvery\": 0}",
                "{\"dataset\": \"folder\", \"dataDir\": \"/x\", \"imageSize\": 64, \"stopAtAccuracy\": 0.9}",
                "{\"dataset\": \"folder\", \"dataDir\": \"/x\", \"onBadPicture\": \"skip\"}",
                "{\"modelFile\": \"/x/net.pt\", \"model\": \"pt-0123456789ab\"}",
                "{\"init\": \"/x/net.safetensors\"}",
                "{\"tags\": [\"sweep.1\", \"b\"]}")) {
            TrainingOrder order = order(body);
            assertThat(OrderWire.fromWire(OrderWire.toWire(order))).isEqualTo(order);
        }
    }

    @Test
    void readmeListsEveryKeyDatasetAndModel() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> keys = Arrays.stream(RunRequest.class.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        for (String key : keys) {
            assertThat(readme).contains("| `" + key + "` | ");
        }
        for (String name : DatasetCatalog.names()) {
            assertThat(readme).contains("| `" + name + "` | ");
        }
        for (String name : ModelCatalog.names()) {
            assertThat(readme).containsPattern("\\| `" + Pattern.quote(name) + "` \\| [0-9,]+ ");
        }
    }

    @Test
    void givenFileIsIdentifiedByItsContent() {
        TrainingOrder order = order("{\"modelFile\": \"/x/net.pt\"}");
        assertThat(order.model()).isEqualTo("pt-0123456789ab");
        assertThat(order.modelFile()).isEqualTo(FILES.given("modelFile", "/x/net.pt"));
        String checksum = FILES.given("", "").checksum();
        assertThat(order("{\"init\": \"/x\", \"initChecksum\": \"" + checksum + "\"}")
                        .init())
                .isEqualTo(FILES.given("init", "/x"));

        assertThatThrownBy(() -> order("{\"init\": \"/x\", \"initChecksum\": \"0\"}"))
                .hasMessage("the checksum of init is 0, allowed is " + checksum + ", the SHA-256 of /x");
        assertThatThrownBy(() -> order("{\"modelChecksum\": \"0\"}"))
                .hasMessage("the checksum of modelFile is 0, allowed is none without modelFile");
        assertThatThrownBy(() -> order("{\"modelFile\": \"/x\", \"model\": \"resnet8\"}"))
                .hasMessage("model is resnet8, allowed is pt-0123456789ab, after the checksum of modelFile");
    }

    @Test
    void datasetFolderNeedsAFolder() {
        assertThatThrownBy(() -> order("{\"dataset\": \"folder\"}"))
                .hasMessage("dataDir is missing, allowed is a folder on the trainer's machine for dataset folder");
    }

    @Test
    void imageSizeAndStopAtAccuracyHaveBounds() {
        assertThatThrownBy(() -> order("{\"imageSize\": 32}"))
                .hasMessage("imageSize is 32, allowed is none: only the pictures of dataset folder are scaled");
        for (int size : new int[] {-1, 0, 7, 513}) {
            assertThatThrownBy(
                            () -> order("{\"dataset\": \"folder\", \"dataDir\": \"/d\", \"imageSize\": " + size + "}"))
                    .hasMessage("imageSize is " + size + ", allowed is [8, 512]");
        }
        for (String share : List.of("0", "1.1", "-0.5")) {
            assertThatThrownBy(() -> order("{\"stopAtAccuracy\": " + share + "}"))
                    .hasMessage("stopAtAccuracy is " + share + ", allowed is (0, 1]");
        }
        assertThatThrownBy(() -> order("{\"stopAtAccuracy\": 0.5, \"evaluateEvery\": 0}"))
                .hasMessage(
                        "evaluateEvery is 0, allowed is 1 or more with stopAtAccuracy: the run stops at an evaluation");
    }

    @Test
    void badPicturesFailTheRunUnlessTheyAreSkipped() {
        String folder = "{\"dataset\": \"folder\", \"dataDir\": \"/x\"";
        assertThat(order(folder + "}").dataset().onBadPicture()).isEqualTo(OnBadPicture.FAIL);
        assertThat(order(folder + ", \"onBadPicture\": \"skip\"}").dataset().onBadPicture())
                .isEqualTo(OnBadPicture.SKIP);
        assertThatThrownBy(() -> order(folder + ", \"onBadPicture\": \"ignore\"}"))
                .hasMessage("onBadPicture is ignore, allowed is one of fail, skip");
        assertThatThrownBy(() -> order("{\"onBadPicture\": \"skip\"}"))
                .hasMessage("onBadPicture is skip, allowed is fail: only dataset folder reads single pictures");
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        assertThatThrownBy(
                        () -> order("{\"epochs\": 0, \"batchSize\": \"many\", \"learningRate\": -1, \"model\": \"vgg\","
                                + " \"schedule\": \"linear\", \"window\": 65, \"stopAtAccuracy\": \"120 %\", \"augment\": \"rotate\","
                                + " \"policy\": {\"kind\": \"selective\", \"keep\": \"half\"}}"))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(RefusedException.byField(refused))
                        .containsOnlyKeys(
                                "epochs",
                                "batchSize",
                                "learningRate",
                                "model",
                                "schedule",
                                "window",
                                "stopAtAccuracy",
                                "augment",
                                "policy.keep")
                        .containsEntry("batchSize", "batchSize is many, allowed is an integer")
                        .containsEntry("stopAtAccuracy", "stopAtAccuracy is 1.2, allowed is (0, 1]")
                        .containsEntry("policy.keep", "policy.keep is half, allowed is " + Share.ALLOWED));
        assertThatThrownBy(() -> order("{\"policy\": {\"kind\": \"diet-selective\", \"keep\": 2, \"start\": -1}}"))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(RefusedException.byField(refused))
                        .containsOnlyKeys("policy.keep", "policy.start", "policy.scoreSet"));
    }

    @Test
    void sharesMayBeFractionsOrPercentages() {
        for (String half : List.of("0.5", "\"1/2\"", "\"50 %\"", "\"50%\"", "\".5\"")) {
            TrainingOrder order =
                    order("{\"stopAtAccuracy\": " + half + ", \"policy\": {\"kind\": \"orderdp\", \"keep\": " + half
                            + ", \"start\": " + half + ", \"draw\": " + half + "}}");
            assertThat(order.stopAtAccuracy()).isEqualTo(.5);
            assertThat(order.firstPolicy())
                    .isEqualTo(Policy.ofKind(PolicyKind.ORDERDP)
                            .keep(.5)
                            .start(.5)
                            .set(Parameter.DRAW, .5)
                            .build());
        }
        assertThatThrownBy(() -> order("{\"learningRate\": \"1/10\"}"))
                .hasMessage("learningRate is 1/10, allowed is a number");
    }

    @Test
    void everyKeyIsAFieldWithWordsAndItsDefaultIsInRange() {
        assertThat(Arrays.stream(RunRequest.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .filter(key -> !key.equals("policy")))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(OrderField.values())
                        .map(OrderField::label)
                        .toList());
        for (String dataset : DatasetCatalog.names()) {
            assertThat(order("{\"dataset\": \"" + dataset + "\", \"dataDir\": \"/d\"}")
                            .recipe()
                            .flip())
                    .as("mirroring changes digits")
                    .isEqualTo(!List.of("mnist", "mnist-idx", "svhn").contains(dataset));
        }
    }

    /** Every file exists, and all have the same content. */
    static final OrderFiles FILES = new OrderFiles() {
        @Override
        public TrainingOrder.GivenFile given(String field, String path) {
            return new TrainingOrder.GivenFile(path, "0123456789abcdef".repeat(4));
        }

        @Override
        public void checkFolder(String path) {}
    };

    @Test
    void onlyARunWhosePolicyNamesAScoreSetWaitsForScores() {
        String waits = "{\"waitForScores\": true, \"policy\": ";
        assertThat(RunRequest.read(waits + "{\"kind\": \"diet\", \"scoreSet\": \"s\"}}", Policy.BASELINE, FILES)
                        .awaitsScores())
                .isTrue();
        assertThat(RunRequest.read("{}", Policy.BASELINE, FILES).awaitsScores()).isFalse();
        for (String none : List.of(
                "{\"kind\": \"selective\"}", "{\"kind\": \"diet\", \"scoreSet\": \"own:2\", \"prePruned\": 0.25}")) {
            assertThatThrownBy(() -> RunRequest.read(waits + none + "}", Policy.BASELINE, FILES))
                    .hasMessage("waitForScores is true, allowed is false for a policy that names no score set");
        }
    }

    @Test
    void aRunWithAProxyDoesNotWaitForScores() {
        assertThatThrownBy(() -> RunRequest.read(
                        "{\"waitForScores\": true, \"policy\": {\"kind\": \"diet-selective\", \"scoreSet\": \"s\","
                                + " \"losses\": \"proxy:resnet8\"}}",
                        Policy.BASELINE,
                        FILES))
                .hasMessage(
                        "waitForScores is true, allowed is false with a proxy: order the run when its scores are there");
    }

    private static TrainingOrder order(String body) {
        return RunRequest.read(body, Policy.BASELINE, FILES).order();
    }
}
