package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.dietsb.launcher.text.Json;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A complete system: a real broker, the services in their own JVMs, real images, a real network. */
class SystemTest extends OnRunningSystem {
    @Test
    void scoresThenTrainsOnTheExamplesTheDietKeeps() {
        // Given
        ObjectNode request = recipe("", 300, 3).put("members", 2).put("scoringEpochs", 1);
        request.remove(List.of("id", "evaluateEvery"));

        // When
        String scoring = post(system.scorer + "/scorings", request)
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        await().atMost(PATIENCE).until(() -> !get(system.scorer + "/scorings/" + scoring)
                .<String>path("state")
                .equals("RUNNING"));
        JsonNode set = get(system.scorer + "/score-sets/" + scoring).as(JsonNode.class);
        ObjectNode diet =
                policy("diet-selective", 2.0 / 3).put("prePruned", .25).put("scoreSet", scoring);
        String run = order(recipe("dieted", 300, 3), diet);
        JsonNode done = completed(run);

        // Then
        double[] scores = IntStream.range(0, set.path("scores").size())
                .mapToDouble(i -> set.path("scores").get(i).asDouble())
                .toArray();
        assertThat(scores).hasSize(300);
        assertThat(Arrays.stream(scores).allMatch(score -> score >= 0 && score <= Math.sqrt(2)))
                .isTrue();
        BitSet kept = new BitSet(300);
        kept.set(0, 300);
        IntStream.range(0, 300)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .limit(75)
                .forEach(kept::clear);
        assertThat(kept.stream().mapToDouble(i -> scores[i]).average().orElseThrow())
                .isGreaterThan(IntStream.range(0, 300)
                        .filter(i -> !kept.get(i))
                        .mapToDouble(i -> scores[i])
                        .average()
                        .orElseThrow());
        RunLog log = RunLog.read(system.kafka(), run);
        assertThat(log.diets()).hasSize(3).allSatisfy(mask -> assertThat(
                        BitSet.valueOf(mask.getKept().toByteArray()))
                .isEqualTo(kept));
        for (int epoch = 1; epoch <= 3; epoch++) {
            assertThat(indices(log, epoch)).containsExactly(kept.stream().toArray());
            JsonNode figures = done.path("epochs").get(epoch - 1);
            // 7 batches of 32 and one of 1: round(2/3 * 32) = 21 of each, and 1.
            assertThat(figures.path("seen").asInt()).isEqualTo(225);
            assertThat(figures.path("selected").asInt()).isEqualTo(7 * 21 + 1);
            assertThat(figures.path("backwardExamples").asInt()).isEqualTo(7 * 21 + 1);
            assertThat(figures.path("selectionExamples").asInt()).isEqualTo(225);
            assertThat(figures.path("steps").asInt()).isEqualTo(8);
            assertThat(figures.path("meanLossSelected").asDouble())
                    .isGreaterThan(figures.path("meanLossSeen").asDouble());
        }
        assertThat(done.path("prePruned").asDouble()).isEqualTo(.25);
        assertThat(done.path("totalPruned").asDouble()).isEqualTo(1 - 3 * (7 * 21 + 1) / (3 * 300.0));
        assertThat(sum(done.path("keptPerClass"), "kept")).isEqualTo(225);
    }

    @Test
    void runsNoSelectionPassForPoliciesThatNeedNoLosses() {
        for (String kind : List.of("baseline", "random", "diet", "diet-random")) {
            // Given
            ObjectNode policy =
                    kind.endsWith("random") ? policy(kind, .5) : Json.object().put("kind", kind);
            if (kind.startsWith("diet")) {
                policy.put("prePruned", .25).put("order", "random");
            }

            // When
            JsonNode done = completed(order(recipe("without-losses-" + kind, 320, 1), policy));

            // Then
            int seen = kind.startsWith("diet") ? 240 : 320;
            int selected = kind.endsWith("random") ? (seen / 32) * 16 + (seen % 32 + 1) / 2 : seen;
            assertThat(sum(done, "seen")).as(kind).isEqualTo(seen);
            assertThat(sum(done, "selected")).as(kind).isEqualTo(selected);
            assertThat(sum(done, "selectionExamples")).as(kind).isZero();
            assertThat(done.path("totalPruned").asDouble()).as(kind).isEqualTo(1 - selected / 320.0);
        }
    }

    @Test
    void passesForSelectionOnlyInEverySecondEpoch() {
        // When
        ObjectNode policy = policy("selective", .5).put("losses", "stale:2").put("selectionScale", .5);
        String run = order(recipe("stale", 320, 3), policy);
        JsonNode done = completed(run);

        // Then
        assertThat(done.path("epochs").findValuesAsText("selectionExamples")).containsExactly("320", "0", "320");
        assertThat(done.path("epochs").findValuesAsText("selected")).containsOnly("160");
        assertEveryBatchIsJudgedOnce(RunLog.read(system.kafka(), run), 320, 3, 32);
    }

    @Test
    void replaysTheMasksOfARunForAnotherSeedAndAnotherNetwork() {
        // Given
        ObjectNode half = policy("selective", .5);
        half.put("kind", "diet-selective").put("prePruned", .25).put("order", "random");
        String source = order(evaluated("recorded", 320, 2), half);
        completed(source);
        await().atMost(PATIENCE).until(() -> record(source).path("whole").asBoolean());
        String of = source + "@" + record(source).path("checksum").asText();
        ObjectNode replay = Json.object().put("kind", "replay").put("of", of);

        // When
        ObjectNode otherBatches =
                recipe("replay-other-seed", 320, 2).put("seed", 2).put("batchSize", 20);
        String seed = order(otherBatches, replay);
        JsonNode done = completed(seed);
        JsonNode again = completed(order(otherBatches.deepCopy().put("id", "replay-again"), replay));
        String network = order(recipe("replay-other-network", 320, 2).put("model", "resnet20"), replay);
        JsonNode ofNetwork = completed(network);

        // Then
        List<BitSet> selected = selected(source);
        assertThat(selected).hasSize(2).allSatisfy(epoch -> assertThat(epoch.cardinality())
                .isEqualTo(120));
        assertThat(selected(seed)).isEqualTo(selected);
        assertThat(selected(network)).isEqualTo(selected);
        assertThat(sum(done, "selectionExamples")).isZero();
        assertThat(sum(ofNetwork, "selectionExamples")).isZero();
        assertThat(sum(done, "seen")).as("what the diet left").isEqualTo(480);
        assertThat(sum(done, "selected")).isEqualTo(240);
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
        assertThat(record(source).path("accuracy").isNumber()).isTrue();
    }

    private static JsonNode record(String run) {
        return get(system.selector + "/mask-records/" + run).as(JsonNode.class);
    }

    /** Returns by epoch the examples that the masks of a run selected. */
    private static List<BitSet> selected(String run) {
        RunLog log = RunLog.read(system.kafka(), run);
        List<BitSet> epochs = new ArrayList<>();
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().stream()
                    .filter(one -> one.getEpoch() == batch.getEpoch() && one.getBatch() == batch.getBatch())
                    .findFirst()
                    .orElseThrow();
            while (epochs.size() < batch.getEpoch()) {
                epochs.add(new BitSet());
            }
            BitSet.valueOf(mask.getSelected().toByteArray()).stream()
                    .map(batch::getIndices)
                    .forEach(epochs.get(batch.getEpoch() - 1)::set);
        }
        return epochs;
    }

    @Test
    void selectsByTheLossesOfTheStepsAndWeightsTheSelectedExamples() {
        // When
        ObjectNode policy = Json.object().put("kind", "infobatch").put("keep", .25);
        String run = order(recipe("infobatch", 320, 4), policy.deepCopy().put("end", .75));
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("infobatch-again", 320, 4), policy.put("end", .75)));

        // Then: all examples are kept in the first epoch, where no loss is known, and in the last.
        assertThat(sum(done, "selectionExamples")).isZero();
        List<EpochMask> masks = RunLog.read(system.kafka(), run).diets();
        assertThat(masks).extracting(EpochMask::getWeight).containsExactly(0f, 4f, 4f, 0f);
        for (int i = 0; i < 4; i++) {
            int kept = masks.get(i).getKeptCount();
            assertThat(done.path("epochs").get(i).path("backwardExamples").asInt())
                    .isEqualTo(kept);
            assertThat(kept < 320).isEqualTo(i == 1 || i == 2);
        }
        assertThat(done.path("prePruned").asDouble()).isZero();
        assertThat(done.path("totalPruned").asDouble()).isEqualTo(1 - sum(done, "selected") / (4 * 320.0));
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void comparesLossesWithinAStepAndWeightsByTimesTrained() {
        // When
        ObjectNode policy = Json.object().put("kind", "repb").put("keep", .5);
        String run = order(recipe("repb", 320, 3), policy);
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("repb-again", 320, 3), policy));

        // Then: all examples are kept in the first epoch; then weights depend on how often each was trained.
        RunLog log = RunLog.read(system.kafka(), run);
        assertThat(sum(done, "selectionExamples")).isZero();
        assertThat(log.diets()).extracting(EpochMask::getKeptCount).satisfies(kept -> {
            assertThat(kept.get(0)).isEqualTo(320);
            assertThat(kept.get(1)).isLessThan(300);
            assertThat(kept.get(2)).isLessThan(320);
        });
        int[] times = new int[320];
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().get(i);
            for (int place = 0; place < batch.getIndicesCount(); place++) {
                float weight = (float) batch.getEpoch() / ++times[batch.getIndices(place)];
                assertThat(mask.getWeightsCount() == 0 ? 1 : mask.getWeights(place))
                        .isEqualTo(weight);
            }
        }
        assertThat(log.masks()).anyMatch(mask -> mask.getWeightsCount() > 0);
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void usesItsOwnFirstEpochsAtNoExtraCost() {
        // When: the diet drops a quarter of each class by the scores of the first epoch.
        ObjectNode policy = policy("diet-selective", .5)
                .put("prePruned", .25)
                .put("balanced", true)
                .put("scoreSet", "own:1");
        String run = order(recipe("own", 320, 3), policy);
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("own-again", 320, 3), policy));

        // Then: the first epoch is whole and has no selection pass.
        JsonNode set = get(system.scorer + "/score-sets/" + run + ".own").as(JsonNode.class);
        List<EpochMask> masks = RunLog.read(system.kafka(), run).diets();
        BitSet kept = BitSet.valueOf(masks.get(1).getKept().toByteArray());
        assertThat(masks)
                .extracting(EpochMask::getKeptCount)
                .containsExactly(320, kept.cardinality(), kept.cardinality());
        assertThat(done.at("/epochs/0/backwardExamples").asInt()).isEqualTo(320);
        assertThat(done.at("/epochs/0/selectionExamples").asInt()).isZero();
        assertThat(done.at("/epochs/1/selectionExamples").asInt()).isEqualTo(kept.cardinality());
        assertThat(set.path("seconds").asDouble()).isZero();
        for (int label = 0; label < 10; label++) {
            double most = 0;
            double least = 2;
            int pruned = 0;
            int all = 0;
            for (int i = 0; i < 320; i++) {
                if (set.path("labels").get(i).asInt() == label) {
                    double score = set.path("scores").get(i).asDouble();
                    all++;
                    pruned += kept.get(i) ? 0 : 1;
                    most = kept.get(i) ? most : Math.max(most, score);
                    least = kept.get(i) ? Math.min(least, score) : least;
                }
            }
            assertThat(pruned).as("class %d", label).isEqualTo(all / 4);
            assertThat(most).as("class %d", label).isLessThanOrEqualTo(least);
        }
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void endsInTheSameWeightsForTheSameSeed() {
        // Given
        ObjectNode policy = policy("selective", .5)
                .put("rule", "percentile")
                .put("historySize", 64)
                .put("batching", "accumulate")
                .put("interrupt", 5);

        // When: the trainer of the second is killed, and the system starts another.
        JsonNode first = completed(order(recipe("first", 480, 2), policy));
        String killed = order(recipe("second", 480, 2), policy);
        awaitBatch(killed, 2, 2);
        system.kill("trainer-service");
        await().atMost(PATIENCE).ignoreExceptions().until(() -> run(killed).has("resumedFrom"));
        JsonNode second = completed(killed);
        JsonNode other = completed(order(recipe("other", 480, 2).put("seed", 2), policy));

        // Then
        assertThat(second.path("resumedFrom").path("epoch").asInt()).isPositive();
        assertThat(first.path("weightsChecksum").asText()).hasSize(64);
        assertThat(second.path("weightsChecksum")).isEqualTo(first.path("weightsChecksum"));
        assertThat(other.path("weightsChecksum")).isNotEqualTo(first.path("weightsChecksum"));
        assertThat(first.path("bitIdentical").asBoolean()).isTrue();
        assertThat(sum(first, "steps"))
                .as("full steps, and what is left of each epoch")
                .isLessThan(2 * 15);
    }

    @Test
    void failsARunWhoseDietUsesUnknownScores() {
        ObjectNode diet = policy("diet-selective", .5).put("prePruned", .25).put("scoreSet", "nowhere");
        String run = order(recipe("without-scores", 320, 1), diet);
        await().atMost(PATIENCE).until(() -> run(run).path("state").asText().equals("FAILED"));
        assertThat(run(run).path("reason").asText()).isEqualTo("score set nowhere is unknown");
    }

    @Test
    void runsWhateverAnExperimentLacksAndNothingTwice(@TempDir Path folder) throws IOException, InterruptedException {
        // Given: a baseline, random, selective, the controls of equal cost of both, and the random one of selective.
        Path experiment = folder.resolve("experiment.yaml");
        Files.writeString(
                experiment,
                "{limit: 160, epochs: 2, seeds: 7, recipe: {batchSize: 32}, scoring: {members: 1, epochs: 1},"
                        + " cells: [{method: random}, {method: selective}]}");
        Path out = folder.resolve("out");
        String[] report = {"report", "--experiment", experiment.toString(), "--out", out.toString()};

        // When: the command is killed and repeated.
        try (Launched killed = system.command(report)) {
            killed.says("Run 3 of 6: selective 50 %").signal("KILL", false);
            assertThat(killed.exitCode()).isEqualTo(128 + 9);
        }
        Map<String, String> before = reported();
        assertThat(before).hasSize(3);
        assertThat(out.resolve("report.html")).doesNotExist();
        try (Launched again = system.command(report)) {
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(again.output()).contains("missing are 4 runs and 0 scorings", "Run 3 of 6", "Run 6 of 6");
        }

        // Then
        Map<String, String> after = reported();
        assertThat(after).hasSize(6).containsAllEntriesOf(before);
        assertThat(out.resolve("report.html")).content().contains("Panel (d)", "selective 50 %", "Provenance");
        try (Stream<Path> images = Files.list(out.resolve("images"))) {
            assertThat(images.map(Path::toString))
                    .hasSizeGreaterThanOrEqualTo(40)
                    .allMatch(name -> name.endsWith(".png"));
        }
        for (String run : after.keySet()) {
            JsonNode kept =
                    Json.MAPPER.readTree(out.resolve("runs/" + run + ".json").toFile());
            assertThat(kept.path("times")).as("usage of %s", run).hasSize(run.contains("selective") ? 160 : 0);
        }
        try (Launched complete = system.command(report)) {
            assertThat(complete.exitCode()).isZero();
            assertThat(complete.output()).doesNotContain("Run ");
        }
        assertThat(reported()).isEqualTo(after);
    }

    /** Returns the runs of the experiment with the times of their orders. */
    private static Map<String, String> reported() {
        Map<String, String> runs = new HashMap<>();
        for (JsonNode run : get(system.trainer + "/runs").as(JsonNode.class)) {
            if (run.path("runId")
                    .asText()
                    .matches("fashion-mini-resnet8-(baseline|random|random-like|selective)-[0-9a-f]{12}")) {
                runs.put(run.path("runId").asText(), run.path("queuedAt").asText());
            }
        }
        return runs;
    }

    @Test
    void writesAModelThatPyTorchLoads(@TempDir Path folder) throws IOException, InterruptedException {
        String python = Stream.of("python3", "/usr/bin/python3")
                .filter(SystemTest::hasTorch)
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(python.isEmpty(), "no python3 with torch here (Debian: python3-torch)");

        // Given
        Path model = folder.resolve("model.safetensors");
        String run = order(evaluated("loaded", 640, 2), policy("selective", .5));
        JsonNode done = completed(run);
        Files.write(model, get(system.trainer + "/runs/" + run + "/model").asByteArray());
        Files.write(
                Path.of(model + ".json"),
                get(system.trainer + "/runs/" + run + "/model.json").asByteArray());

        // When
        Path root = Path.of(System.getProperty("dietsb.root"));
        Path images = root.resolve("trainer-service/src/main/resources/datasets/fashion-mini");
        String said = output(
                python,
                root.resolve("deploy/pytorch/load_model.py").toString(),
                model.toString(),
                "--images",
                images.resolve("t10k-images-idx3-ubyte.gz").toString(),
                "--labels",
                images.resolve("t10k-labels-idx1-ubyte.gz").toString());

        // Then
        Matcher right = Pattern.compile("(\\d+) of 2000 right").matcher(said);
        assertThat(right.find()).as(said).isTrue();
        assertThat(Integer.parseInt(right.group(1)))
                .as("right in PyTorch; rounding may move an image on the boundary of two classes")
                .isCloseTo((int) Math.round(done.path("accuracy").asDouble() * 2000), within(2));
    }

    private static boolean hasTorch(String python) {
        try {
            return output(python, "-c", "import torch; print('has torch')").contains("has torch");
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void exportsEveryStageToPrometheus() {
        completed(order(evaluated("measured", 160, 1), policy("selective", .5)));
        String metrics = get(system.trainerManagement + "/q/metrics").asString();
        for (String stage :
                List.of("selection_forward", "mask_wait", "gather", "forward_backward", "optimizer", "evaluate")) {
            assertThat(metrics).containsPattern("dietsb_stage_seconds_count\\{[^}]*stage=\"" + stage + "\"");
        }
        assertThat(get(system.selectorManagement + "/q/metrics").asString()).contains("dietsb_selector_answer_seconds");
        assertThat(get(system.scorerManagement + "/q/metrics").asString()).contains("dietsb_scorings_running");
    }

    @Test
    void admitsNobodyToTheBrokerWithoutTheLoginOfTheHome() throws Exception {
        // Given: only the owner can read it, and what the broker was started with.
        for (String file : List.of("kafka.properties", "kafka/server.properties")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(system.home().resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
        for (String address : List.of("bootstrap.servers", "bootstrap.controllers")) {
            Map<String, Object> own = new HashMap<>(system.kafka());
            own.put("request.timeout.ms", 2_000);
            own.put("default.api.timeout.ms", 3_000);
            own.put(address, address.endsWith("controllers") ? system.controller() : own.get(address));
            own.keySet().removeIf(name -> name.startsWith("bootstrap.") && !name.equals(address));
            Map<String, Object> without = new HashMap<>(own);
            without.keySet().removeIf(name -> name.startsWith("sas") || name.startsWith("sec"));
            Map<String, Object> guessed = new HashMap<>(own);
            guessed.compute("sasl.jaas.config", (name, value) -> String.valueOf(value)
                    .replaceAll("[0-9a-f]{64}", "0".repeat(64)));
            // Then
            assertThat(nodes(own)).as(address).isEqualTo(1);
            assertThatThrownBy(() -> nodes(without)).as(address).hasCauseInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> nodes(guessed)).as(address).hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    private static int nodes(Map<String, Object> client) throws Exception {
        try (Admin admin = Admin.create(client)) {
            return admin.describeCluster().nodes().get().size();
        }
    }

    /** The system was started in a locale without accents. */
    @Test
    void trainsOnFoldersWithAccents(@TempDir Path folder) throws IOException, InterruptedException {
        // Given: names made by the shell, because this JVM may not be able to.
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        String made = "cd " + folder + "; for set in train val; do for class in 'caf\\303\\251' tea; do"
                + " mkdir -p $set/$(printf $class); for i in 1 2 3 4; do cp image.png $set/$(printf $class)/$i.png; done; done;"
                + " done; rm image.png";
        assertThat(output("sh", "-c", made)).isEmpty();
        // When
        String run = order(
                recipe("accents", 0, 1)
                        .put("dataset", "folder")
                        .put("dataDir", folder.toString())
                        .put("batchSize", 4),
                Json.object().put("kind", "baseline"));
        // Then
        completed(run);
        JsonNode model = get(system.trainer + "/runs/" + run + "/model.json").as(JsonNode.class);
        assertThat(model.toString()).contains("caf\u00e9", "tea");
    }

    @Test
    void rejectsEveryWriteWithoutTheTokenOfTheHome() throws IOException {
        // Given: only the owner can read the token.
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(system.tokenFile())))
                .isEqualTo("rw-------");
        for (String service : List.of(system.trainer, system.selector, system.scorer)) {
            // When: every operation of a service is requested without a token and with a guessed one.
            Map<String, Map<String, Object>> paths = given().auth()
                    .none()
                    .get(service + "/q/openapi?format=json")
                    .path("paths");
            List<String> writing = new ArrayList<>();
            paths.forEach((path, item) -> item.keySet().stream()
                    .filter(method -> List.of("post", "put", "patch", "delete").contains(method))
                    // A dry run changes nothing.
                    .filter(method -> !path.endsWith("/dry-run"))
                    .forEach(method -> writing.add(method + " " + path)));
            // Then: every request is rejected.
            assertThat(writing).isNotEmpty();
            for (String operation : writing) {
                String method = operation.substring(0, operation.indexOf(' '));
                String address =
                        service + operation.substring(method.length() + 1).replaceAll("\\{[^}]*}", "1");
                for (String header : List.of("", "Bearer 0123456789abcdef")) {
                    given().auth()
                            .none()
                            .header("Authorization", header)
                            .contentType("application/json")
                            .body("{}")
                            .request(method, address)
                            .then()
                            .statusCode(401)
                            .header("WWW-Authenticate", startsWith("Bearer"))
                            .contentType("application/problem+json");
                }
            }
        }
    }
}
