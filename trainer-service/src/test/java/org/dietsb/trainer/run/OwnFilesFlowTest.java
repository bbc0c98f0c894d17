package org.dietsb.trainer.run;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.dietsb.trainer.run.PlayedSelector.HIGHER_HALF;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.wire.BatchLosses;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole runs on user pictures and networks, over REST and a real broker; the test plays the selector. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
class OwnFilesFlowTest {
    private static final String RECIPE = "\"batchSize\": 10, \"epochs\": 3, \"maskTimeoutSeconds\": 600, "
            + "\"policy\": {\"kind\": \"selective\", \"keep\": 0.5}, ";

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @Inject
    TrainerConfig config;

    @BeforeEach
    void awaitReady() {
        Callers.mayWrite();
        await().atMost(Duration.ofMinutes(5))
                .until(() -> Callers.managed("/q/health/ready").statusCode() == 200);
    }

    /** Twenty pictures to train on and four to test with, bright ones and dark ones. */
    private Path pictures() throws IOException {
        Path folder = config.home().resolve("datasets/pictures");
        Random random = new Random(3);
        for (String split : List.of("train", "test")) {
            for (String name : List.of("bright", "dark")) {
                Path of = Files.createDirectories(folder.resolve(split).resolve(name));
                for (int i = 0; i < (split.equals("train") ? 10 : 2); i++) {
                    BufferedImage image = new BufferedImage(20, 24, BufferedImage.TYPE_INT_RGB);
                    for (int at = 0; at < 20 * 24; at++) {
                        int shade = random.nextInt(100) + (name.equals("bright") ? 150 : 0);
                        image.setRGB(at % 20, at / 20, shade * 0x10101);
                    }
                    ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
                }
            }
        }
        return folder;
    }

    private JsonPath train(String id, String order) {
        return train(id, order, HIGHER_HALF);
    }

    private JsonPath train(String id, String order, PlayedSelector.Script script) {
        try (PlayedSelector selector = new PlayedSelector(bootstrapServers, id, script)) {
            order(id, order).then().statusCode(201);
            when().get("/runs/" + id + "/events").then().statusCode(200);
            return when().get("/runs/" + id).then().statusCode(200).extract().jsonPath();
        }
    }

    private static io.restassured.response.Response order(String id, String rest) {
        return given().contentType(ContentType.JSON)
                .body("{\"id\": \"" + id + "\", " + RECIPE + rest + "}")
                .post("/runs");
    }

    @Test
    void imageFolderIsTrainedToAnAccuracyAndThenFurther() throws IOException {
        String data = "\"dataset\": \"folder\", \"dataDir\": \"" + pictures() + "\", \"imageSize\": 16";

        // When
        JsonPath done = train("pictures", data + ", \"stopAtAccuracy\": 0.25");

        // Then
        assertThat(done.getString("state")).as(done.getString("reason")).isEqualTo("COMPLETED");
        assertThat(done.getInt("examples")).isEqualTo(20);
        assertThat(done.getInt("imageSize")).isEqualTo(16);
        assertThat(done.getDouble("stopAtAccuracy")).isEqualTo(.25);
        int epochs = done.getList("epochs").size();
        assertThat(done.getDouble("accuracy")).isGreaterThanOrEqualTo(.25);
        assertThat(done.getInt("reachedAccuracy.epoch")).isEqualTo(epochs);
        assertThat(done.getDouble("reachedAccuracy.seconds"))
                .isCloseTo(
                        done.getList("epochs.seconds", Double.class).stream()
                                .mapToDouble(seconds -> seconds)
                                .sum(),
                        within(1e-6));
        // Half of the examples, and a third of each for its selection pass.
        assertThat(done.getDouble("reachedAccuracy.passes")).isCloseTo(epochs * (.5 + 1 / 3.0), within(1e-6));

        // When
        Path weights = config.home().resolve("models/pictures/model.safetensors");
        JsonPath further = train("further", data + ", \"init\": \"" + weights + "\"");

        // Then
        assertThat(further.getString("state")).as(further.getString("reason")).isEqualTo("COMPLETED");
        assertThat(further.getString("init.path")).isEqualTo(weights.toString());
        assertThat(further.getString("init.checksum")).matches("[0-9a-f]{64}");
        assertThat(further.getString("fingerprint")).isEqualTo(done.getString("fingerprint"));
        assertThat(further.getString("weightsChecksum")).isNotEqualTo(done.getString("weightsChecksum"));

        // Grey images do not fit.
        JsonPath grey = train("grey", "\"limit\": 20, \"init\": \"" + weights + "\"");
        assertThat(grey.getString("state")).isEqualTo("FAILED");
        assertThat(grey.getString("reason"))
                .isEqualTo("init does not fit resnet8: conv1.weight is (16, 3, 3, 3), needed is (16, 1, 3, 3)");
    }

    @Test
    void filesThatAreNoPicturesFailTheRunOrAreCounted() throws IOException {
        Path notes = Files.writeString(pictures().resolve("train/dark/notes.txt"), "no picture");
        String data = "\"dataset\": \"folder\", \"dataDir\": \"" + pictures() + "\"";
        try {
            // When
            JsonPath failed = train("with-notes", data);
            JsonPath skipped = train("without-notes", data + ", \"onBadPicture\": \"skip\"");

            // Then
            assertThat(failed.getString("state")).isEqualTo("FAILED");
            assertThat(failed.getString("reason"))
                    .isEqualTo(notes + " is not a JPEG, PNG or WebP picture (--on-bad-picture skip leaves such files"
                            + " out)");
            assertThat(skipped.getString("state"))
                    .as(skipped.getString("reason"))
                    .isEqualTo("COMPLETED");
            assertThat(skipped.getInt("examples")).isEqualTo(20);
            assertThat(skipped.getInt("skippedPictures")).isEqualTo(1);
        } finally {
            Files.delete(notes);
        }
    }

    @Test
    void ownNetworkIsTrainedAndReturned() throws IOException {
        Path script = config.home().resolve("datasets/own.pt");
        Files.createDirectories(script.resolveSibling(""));
        try (InputStream in = Objects.requireNonNull(Network.class.getResourceAsStream("own-model.pt"))) {
            Files.write(script, in.readAllBytes());
        }

        // When
        JsonPath done = train("own", "\"limit\": 40, \"modelFile\": \"" + script + "\"");

        // Then
        assertThat(done.getString("state")).as(done.getString("reason")).isEqualTo("COMPLETED");
        assertThat(done.getString("model"))
                .isEqualTo("pt-" + done.getString("modelFile.checksum").substring(0, 12));
        assertThat(done.getList("epochs")).hasSize(3);
        assertThat(when().get("/runs/own/model").asByteArray()).startsWith('P', 'K');
        when().get("/runs/own/model.json")
                .then()
                .body("format", equalTo("torchscript"))
                .body("architecture.family", equalTo("torchscript"));

        JsonPath colour = train(
                "colour",
                "\"dataset\": \"folder\", \"dataDir\": \"" + pictures() + "\", \"modelFile\": \"" + script + "\"");
        assertThat(colour.getString("state")).isEqualTo("FAILED");
        assertThat(colour.getString("reason"))
                .isEqualTo(
                        "modelFile fails for images (2, 3, 32, 32); libtorch's message is in the log of the trainer");
    }

    /** The learning rate ruins the weights within a few steps; the selector, which is asked for masks, hears no such loss. */
    @Test
    void divergedRunFailsWithoutAModelAndTheNextOneIsTrained() {
        JsonPath diverged = train("diverged", "\"limit\": 60, \"learningRate\": 900000, \"schedule\": \"constant\"");

        assertThat(diverged.getString("state")).isEqualTo("FAILED");
        assertThat(diverged.getString("reason"))
                .matches("training diverged in epoch [123], batch [0-5], at learning rate 900000: .*");
        when().get("/runs/diverged/model").then().statusCode(404);
        assertThat(when().get("/runs/diverged").asString()).doesNotContain("\"NaN\"", "\"Infinity\"");

        JsonPath next = train("after-the-diverged", "\"limit\": 20");
        assertThat(next.getString("state")).as(next.getString("reason")).isEqualTo("COMPLETED");
    }

    @Test
    void runThatNeverTookAStepFails() {
        JsonPath idle = train(
                "idle",
                "\"limit\": 20",
                message -> message.hasBatchLosses() ? nothing(message.getBatchLosses()) : HIGHER_HALF.answer(message));

        assertThat(idle.getString("state")).isEqualTo("FAILED");
        assertThat(idle.getString("reason"))
                .startsWith("no training step was taken: policy selective selected none of the announced examples. ");
        assertThat(idle.getList("epochs.steps", Integer.class)).containsExactly(0, 0, 0);
        assertThat(idle.getList("epochs.trainLoss")).containsExactly(null, null, null);
        when().get("/runs/idle/model").then().statusCode(404);
    }

    private static MaskMessage.Builder nothing(BatchLosses batch) {
        return MaskMessage.newBuilder()
                .setBatchMask(BatchMask.newBuilder()
                        .setEpoch(batch.getEpoch())
                        .setBatch(batch.getBatch())
                        .setRevision(batch.getRevision()));
    }

    @Test
    void runThatEndsWithinItsWarmUpFails() {
        JsonPath warm = train("warm", "\"limit\": 100, \"warmupEpochs\": 2, \"budget\": \"steps=3\"");

        assertThat(warm.getString("state")).isEqualTo("FAILED");
        assertThat(warm.getString("reason"))
                .isEqualTo("warmupEpochs is 2, allowed is [0, 0.3): budget steps=3 ends the run after 0.3 epochs");
    }

    @Test
    void filesElsewhereAreRejected() {
        for (String key : List.of("init", "modelFile")) {
            order("closed", "\"" + key + "\": \"/etc/passwd\"")
                    .then()
                    .statusCode(400)
                    .body("detail", startsWith(key + " is /etc/passwd, allowed is a file of this trainer's"));
        }
    }
}
