package org.dietsb.system;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dietsb.launcher.text.Json;
import org.junit.jupiter.api.Test;

/** What a dry run forecasts after the first epoch, beside what the epochs after a swap keep and take: 30 runs. */
class ForecastLongTest extends OnRunningSystem {
    private static final int EXAMPLES = 2_000;
    private static final int SEEDS = 5;

    private static List<ObjectNode> policies() {
        return List.of(
                policy("random", .5),
                policy("selective", .5),
                policy("infobatch", .5),
                policy("repb", .5),
                policy("orderdp", .5),
                Json.object().put("kind", "progressive"));
    }

    /** A forecast beside the first epoch that the policy judges as a whole. */
    private record Compared(String kind, double kept, double forecastKept, double seconds, double forecastSeconds) {}

    private static Compared compared(ObjectNode policy, int seed) {
        String kind = policy.path("kind").asText();
        String run =
                order(recipe("forecast-" + kind + "-" + seed, EXAMPLES, 6).put("seed", seed), policy("selective", .75));
        // The report of the run's losses may be a little behind its progress.
        JsonNode forecast = await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> post(
                                        system.selector + "/runs/" + run + "/policy/dry-run",
                                        Json.object().set("policy", policy))
                                .as(JsonNode.class)
                                .path("forecast"),
                        JsonNode::isObject);
        given().contentType("application/json")
                .body(policy.toString())
                .put(system.selector + "/runs/" + run + "/policy")
                .then()
                .statusCode(200);
        int whole = run(run).at("/progress/epoch").asInt() + 1;
        JsonNode done = completed(run);
        JsonNode epoch = done.path("epochs").get(whole - 1);
        return new Compared(
                kind,
                epoch.path("selected").asDouble() / EXAMPLES,
                forecast.path("kept").asDouble(),
                epoch.path("seconds").asDouble() / forecast.path("secondsNow").asDouble(),
                forecast.path("seconds").asDouble()
                        / forecast.path("secondsNow").asDouble());
    }

    @Test
    void theShareKeptIsWithinTwoPoints() {
        List<Compared> all = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            for (ObjectNode policy : policies()) {
                all.add(compared(policy, seed));
            }
        }
        for (Compared one : all) {
            System.out.printf(
                    Locale.ROOT,
                    "%-12s kept %.3f, forecast %.3f; seconds of those before %.2f, forecast %.2f%n",
                    one.kind,
                    one.kept,
                    one.forecastKept,
                    one.seconds,
                    one.forecastSeconds);
        }
        assertThat(all)
                .hasSize(30)
                .allSatisfy(one -> assertThat(one.forecastKept).as(one.kind).isCloseTo(one.kept, within(.02)));
    }
}
