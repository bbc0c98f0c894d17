package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.browser.Browser;
import org.dietsb.launcher.text.Json;
import org.junit.jupiter.api.Test;

/** What the page of a real run offers: its files, its order as commands, and resuming it. */
class ControlRoomSystemTest extends OnRunningSystem {
    private static final List<String> SAME =
            List.of("dataset", "model", "seed", "policy", "tags", "accuracy", "weightsChecksum", "fingerprint");

    @Test
    void printsCommandsThatOrderTheSameRun() throws IOException, InterruptedException {
        // Given
        ObjectNode recipe = recipe("printed", 320, 2)
                .put("seed", 5)
                .put("augment", "flip")
                .put("learningRate", .05)
                .put("window", 2);
        recipe.withArray("tags").add("printed").add("v1.0");
        order(recipe, policy("selective", .25).put("interrupt", 3));
        JsonNode original = completed("printed");
        assertThat(get(system.trainer + "/runs?tag=v1.0,printed").as(JsonNode.class))
                .extracting(run -> run.path("runId").asText())
                .containsExactly("printed");
        String curl;
        String command;
        try (Browser browser = Browser.start(system.selector)) {
            browser.open("/control/runs/printed");
            browser.awaitText("#live", "completed");
            browser.click("#copy summary");
            curl = browser.text("#curl");
            command = browser.text("#command");
            browser.look(1280, 800, false);
            browser.picture("run-printed");
        }

        // When
        List<String> words = arguments("curl", curl);
        JsonNode body = Json.MAPPER.readTree(words.get(words.size() - 1));
        String second = post(words.get(words.indexOf("POST") + 1), body)
                .then()
                .statusCode(201)
                .extract()
                .path("runId");
        List<String> options = new ArrayList<>(arguments("deploy/dietsb", command));
        options.add("--detach");
        String third;
        try (Launched detached = system.commandWithoutPorts(options.toArray(String[]::new))) {
            assertThat(detached.exitCode()).as("%s", detached.output()).isZero();
            third = detached.output()
                    .lines()
                    .filter(line -> line.contains("fashion-mini-resnet8-selective-"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll(".*?(fashion-mini-resnet8-selective-[0-9a-f]+).*", "$1");
        }

        // Then
        for (String field : SAME) {
            assertThat(completed(second).path(field)).as("%s by curl", field).isEqualTo(original.path(field));
            assertThat(completed(third).path(field)).as("%s by dietsb", field).isEqualTo(original.path(field));
        }
    }

    @Test
    void passesOnTheFilesOfARun() {
        order(recipe("filed", 320, 2), policy("random", .5));
        completed("filed");
        String page = system.selector + "/control/runs/filed";
        assertThat(get(page + "/model.safetensors")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asByteArray())
                .isEqualTo(get(system.trainer + "/runs/filed/model").asByteArray());
        assertThat(get(page + "/model.json").as(JsonNode.class))
                .isEqualTo(get(system.trainer + "/runs/filed/model.json").as(JsonNode.class));
        assertThat(get(page + "/run.json").as(JsonNode.class)).isEqualTo(run("filed"));
        assertThat(get(page + "/epochs.csv").asString().lines().toList())
                .hasSize(3)
                .last()
                .asString()
                .startsWith("2,");
        // And a file that is not there is missing in words
        order(recipe("unfiled", 320, 1), policy("random", .5));
        completed("unfiled");
        assertThat(get(system.selector + "/control/runs/nobodys/model.safetensors")
                        .then()
                        .statusCode(404)
                        .contentType(ContentType.HTML)
                        .extract()
                        .asString())
                .contains("There is no run nobodys");
    }

    @Test
    void resumesFromThePage() throws IOException {
        // Given
        order(recipe("stopped", 3_200, 4).put("checkpointEvery", 1), policy("random", .5));
        awaitBatch("stopped", 1, 5);
        order(recipe("waiting", 320, 1), policy("random", .5));
        try (Browser browser = Browser.start(system.selector)) {
            signIn(browser, "/control/runs/waiting");
            browser.awaitText("#live", "queued");
            browser.click("#cancel summary");
            browser.click("#cancel button");
            browser.awaitText("#live", "cancelled");
            assertThat(browser.count("#resume")).as("of a run that never began").isZero();
            given().header(
                            "Authorization",
                            "Bearer " + Files.readString(system.tokenFile()).strip())
                    .post(system.selector + "/control/runs/waiting/resume")
                    .then()
                    .statusCode(409)
                    .body(containsString("run waiting has no checkpoint on this trainer: order it again"));
            browser.open("/control/runs/stopped");
            browser.click("#cancel summary");
            browser.click("#cancel button");
            browser.awaitText("#live", "cancelled");

            // When
            browser.click("#resume");

            // Then
            browser.awaitText("#live", "completed");
        }
        assertThat(completed("stopped").path("resumedFrom").path("batch").asInt())
                .isPositive();
    }

    @Test
    void ordersTheScoresOfADietFirst() throws IOException {
        try (Browser browser = Browser.start(system.selector)) {
            signIn(browser, "/control/order");
            browser.awaitText("header", "signed in as ada");
            browser.click("[name=preset][value=poster]");
            browser.awaitText("#cost", "Trains 50 %");
            browser.type("[name=limit]", "320");
            browser.type("[name=epochs]", "2");
            browser.click("#order details summary");
            browser.type("[name=id]", "scored-first");

            // When
            browser.click("#order button.main");

            // Then
            browser.awaitText("h1", "scored-first");
            assertThat(browser.path()).isEqualTo("/control/runs/scored-first");
            browser.awaitText("#live", "networks are trained");
        }
        // And: the browser is closed, and the run begins nevertheless
        assertThat(completed("scored-first").path("policy").path("prePruned").asDouble())
                .isEqualTo(.25);
    }

    private static void signIn(Browser browser, String page) throws IOException {
        browser.open("/control/sign-in?back=" + page);
        browser.type("[name=name]", "ada");
        browser.type("[name=token]", Files.readString(system.tokenFile()).strip());
        browser.click("button.main");
    }

    /** Returns the arguments that a shell passes to a program in this command. */
    private static List<String> arguments(String program, String command) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "function " + program + " { printf '%s\\0' \"$@\"; }; DIETSB_TOKEN=none; " + command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return List.of(printed.split("\0"));
    }
}
