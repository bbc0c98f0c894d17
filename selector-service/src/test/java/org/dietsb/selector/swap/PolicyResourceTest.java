package org.dietsb.selector.swap;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Run;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class PolicyResourceTest {
    private static final AtomicInteger RUNS = new AtomicInteger();

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    private final String run = "swapped-" + RUNS.incrementAndGet();
    private final String policy = "/runs/" + run + "/policy";
    private Wires wires;

    @BeforeEach
    void open() {
        Callers.mayWrite();
        wires = new Wires(bootstrapServers, "selector-policies", 0);
        Stored.run(wires, run, Run.State.RUNNING);
    }

    @AfterEach
    void close() {
        wires.close();
    }

    @Test
    void swapsAPolicyAndShowsItsHistory() {
        get(policy)
                .then()
                .statusCode(200)
                .header("ETag", "\"0\"")
                .body("revision", equalTo(0), "policy.kind", equalTo("selective"), "policy.keep", equalTo(.5f));
        put(policy + "?who=me", "{'kind':'random','keep':0.25}")
                .statusCode(200)
                .header("ETag", "\"1\"")
                .body("revision", equalTo(1), "who", equalTo("me"), "policy.keep", equalTo(.25f));
        get(policy).then().header("ETag", "\"1\"").body("policy.kind", equalTo("random"));
        given().header("If-Match", "\"1\"")
                .contentType("application/json")
                .body("{\"kind\":\"baseline\"}")
                .put(policy)
                .then()
                .statusCode(200);
        given().header("If-Match", "\"1\"")
                .contentType("application/json")
                .body("{\"kind\":\"baseline\"}")
                .put(policy)
                .then()
                .statusCode(412)
                .body("detail", containsString("has revision 2"));
        get(policy + "/history")
                .then()
                .body("revision", contains(0, 1, 2), "policy.kind", contains("selective", "random", "baseline"));
    }

    @Test
    void acceptsExactlyOneOfTwoRacingSwaps() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            for (int revision = 0; revision < 15; revision++) {
                String tag = "\"" + revision + "\"";
                Callable<Integer> swap = () -> given().header("If-Match", tag)
                        .contentType("application/json")
                        .body("{\"kind\":\"random\"}")
                        .put(policy)
                        .statusCode();
                Callable<Integer> rollBack = () -> given().header("If-Match", tag)
                        .post(policy + "/rollback?to=0")
                        .statusCode();
                List<Integer> codes = new ArrayList<>();
                for (Future<Integer> code : two.invokeAll(List.of(swap, revision % 2 == 0 ? swap : rollBack))) {
                    codes.add(code.get());
                }
                assertThat(codes).containsExactlyInAnyOrder(200, 412);
            }
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    void schedulesASwapAndRefusesTimesInThePastOrBeyondTheEnd() {
        Stored.midway(wires, run + "-midway");
        String midway = "/runs/" + run + "-midway/policy";
        put(midway + "?fromEpoch=5&forEpochs=2", "{'kind':'random'}")
                .statusCode(200)
                .body("from.epoch", equalTo(5), "until.epoch", equalTo(7), "effects", empty());
        put(midway + "?afterProgress=0.6", "{'kind':'random','keep':0.25}")
                .statusCode(200)
                .body("from.progress", equalTo(.6f), "until", nullValue());
        put(midway + "?fromEpoch=3", "{'kind':'random'}")
                .statusCode(400)
                .body(
                        "title", equalTo("Not a schedule"),
                        "detail", equalTo("fromEpoch is 3, allowed is [4, 10]: the run is in epoch 3 of 10"));
        put(midway + "?fromEpoch=soon", "{'kind':'random'}")
                .statusCode(400)
                .body("detail", equalTo("fromEpoch is soon, allowed is an integer"));
        // A misspelled schedule must not become a swap for now and for good.
        for (String misspelled : List.of("?fromEpoc=15", "?fromEpoch=6&forEpoch=2", "?FromEpoch=6")) {
            put(midway + misspelled, "{'kind':'baseline'}")
                    .statusCode(400)
                    .body(
                            "detail",
                            endsWith(" is unknown, allowed are afterProgress, forEpochs, fromEpoch, untilEpoch, who"));
        }
        get(midway + "/history").then().body("revision", contains(0, 1, 2));
        put(midway + "?afterProgress=1", "{'kind':'random'}").statusCode(400);
        get(midway + "/history").then().body("[1].from.epoch", equalTo(5), "revision", contains(0, 1, 2));
    }

    @Test
    void rollsBackToARevisionAndShowsIt() {
        put(policy, "{'kind':'random','keep':0.25}").statusCode(200);
        put(policy, "{'kind':'baseline'}").statusCode(200);
        rollBack("?to=1&who=me", "\"2\"")
                .statusCode(200)
                .header("ETag", "\"3\"")
                .body("policy.kind", equalTo("random"), "policy.keep", equalTo(.25f), "rollsBackTo", equalTo(1));
        rollBack("?to=0", "\"2\"")
                .statusCode(412)
                .body("detail", equalTo("policy of " + run + " has revision 3, by me: read it again"));
        rollBack("?to=0", "*").statusCode(200).body("policy.kind", equalTo("selective"), "rollsBackTo", equalTo(0));
        rollBack("?to=9", "*").statusCode(400).body("detail", equalTo("to is 9, allowed is [0, 4]"));
        rollBack("", "*").statusCode(400).body("detail", containsString("to is missing"));
    }

    /** As in a rolling upgrade, when a newer selector writes a kind of policy that this one does not know. */
    @Test
    void aChangeOfAnUnknownKindTakesItsRevisionAndThePolicyStays() {
        put(policy, "{'kind':'random','keep':0.25}").statusCode(200);
        wires.send(
                PolicyLog.TOPIC,
                0,
                run,
                PolicyChange.newBuilder()
                        .setRunId(run)
                        .setReplaces(1)
                        .setRevision(2)
                        .setPolicy(Stored.SELECTIVE.toBuilder().setKindValue(99))
                        .build()
                        .toByteArray());
        await().untilAsserted(() -> get(policy)
                .then()
                .header("ETag", "\"2\"")
                .body("revision", equalTo(2), "policy.kind", equalTo("random"), "policy.keep", equalTo(.25f)));
        rollBack("?to=2", "*").statusCode(400).body("detail", containsString("whose policy this selector cannot use"));
        rollBack("?to=0", "\"2\"").statusCode(200).header("ETag", "\"3\"");
        get(policy + "/history")
                .then()
                .body("revision", contains(0, 1, 3), "policy.kind", contains("selective", "random", "selective"));
    }

    private ValidatableResponse rollBack(String query, String ifMatch) {
        return given().header("If-Match", ifMatch)
                .post(policy + "/rollback" + query)
                .then();
    }

    @Test
    void showsTheEffectsOfEachPolicy() {
        Stored.midway(wires, run + "-midway");
        String midway = "/runs/" + run + "-midway/policy";
        put(midway, "{'kind':'random'}").statusCode(200);
        get(midway + "/history")
                .then()
                .body(
                        "[0].effects[0].epoch", equalTo(1),
                        "[0].effects[0].until.epoch", equalTo(3),
                        "[0].effects[0].after.accuracy", equalTo(.5f),
                        "[0].effects[0].after.secondsPerEpoch", equalTo(4f),
                        "[0].effects[0].after.passesPerEpoch", equalTo(1f),
                        "[1].effects[0].epoch", equalTo(3),
                        "[1].effects[0].before.accuracy", equalTo(.5f),
                        "[1].effects[0].after.accuracy", nullValue());
    }

    @Test
    void refusesASwapBelowTheLeastKeep() {
        put(policy, "{'kind':'random','keep':0.005}")
                .statusCode(422)
                .contentType("application/problem+json")
                .body(
                        "detail",
                        equalTo(
                                "keep x (1 - prePruned) is 0.005, allowed is 0.01 or more (dietsb.selector.least-keep)"));
        put("/policies/default", "{'kind':'random','keep':0.005}").statusCode(422);
    }

    @Test
    void aRunMayBeOrderedBeyondTheGuardRailsButNotSwappedThere() {
        Stored.ordered(
                wires,
                "meagre",
                Stored.SELECTIVE.toBuilder()
                        .setKind(Policy.Kind.RANDOM)
                        .setKeep(.005)
                        .build());
        get("/runs/meagre/policy").then().statusCode(200).body("policy.keep", equalTo(.005f));
        put("/runs/meagre/policy", "{'kind':'random','keep':0.5}").statusCode(200);
        given().post("/runs/meagre/policy/rollback?to=0").then().statusCode(422);
    }

    @Test
    void refusesAMalformedPolicyNamingFieldAndValue() {
        put(policy, "{'kind':'random','keep':1.5}")
                .statusCode(400)
                .contentType("application/problem+json")
                .body("detail", equalTo("keep is 1.5, allowed is (0, 1]"));
        put(policy, "{'kind':'random','kep':0.5}").statusCode(400).body("detail", containsString("kep"));
        put(policy, "{'kind':'random','keep':'much'}").statusCode(400);
        put(policy, "{'kind'").statusCode(400);
        put(policy, "").statusCode(400);
        put(policy, "{'kind':'infobatch','keep':1.5}").statusCode(400);
        put(policy, "{'kind':'selective','losses':'old'}")
                .statusCode(400)
                .body("detail", equalTo("losses is old, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL"));
        put(policy, "{'kind':'selective','rule':'percentile','historySize':100}")
                .statusCode(400)
                .body("detail", equalTo("historySize is 100, allowed is at least the batch size, 128"));
        get(policy).then().header("ETag", "\"0\"");
    }

    @Test
    void refusesToSwapMembersOfAScoring() {
        Stored.member(wires, run + "-member-0", "scoring-1");
        put("/runs/" + run + "-member-0/policy", "{'kind':'random'}")
                .statusCode(409)
                .body("detail", containsString("is a member of scoring scoring-1"));
    }

    @Test
    void refusesToSwapARunAndItsProxyOrToAddAProxy() {
        String proxied = run + "-proxied";
        Stored.ordered(
                wires, proxied, Stored.SELECTIVE.toBuilder().setProxy("resnet8").build());
        Stored.proxy(wires, proxied + "-proxy", proxied);
        get("/runs/" + proxied + "/policy").then().body("policy.losses", equalTo("proxy:resnet8"));
        put("/runs/" + proxied + "/policy", "{'kind':'random'}")
                .statusCode(409)
                .body("detail", containsString("gets the masks of its proxy, a resnet8, to its end"));
        put("/runs/" + proxied + "-proxy/policy", "{'kind':'random'}")
                .statusCode(409)
                .body("detail", containsString("is the proxy of run " + proxied));
        get("/runs/" + proxied + "/cost").then().body("proxy.runId", equalTo(proxied + "-proxy"));
        for (String place : List.of(policy, "/policies/default")) {
            put(place, "{'kind':'selective','losses':'proxy:resnet8'}")
                    .statusCode(400)
                    .body("detail", containsString("allowed is fresh or stale:N: a proxy is ordered with its run"));
        }
    }

    @Test
    void acceptsADietOnlyWithFinishedScoresOfTheRunsDataset() {
        Stored.requested(wires, run + "-unfinished");
        Stored.scoreSet(wires, run + "-whole", Stored.EIGHT, Stored.checksum());
        Stored.scoreSet(
                wires,
                run + "-other",
                DatasetIdentity.newBuilder().setCount(8).setChecksum("other").build(),
                Stored.checksum());
        putDiet("-none").statusCode(400).body("detail", containsString("is unknown"));
        putDiet("-unfinished").statusCode(400).body("detail", containsString("is not finished"));
        putDiet("-other").statusCode(400).body("detail", containsString("of another dataset"));
        put(policy, "{'kind':'diet','scoreSet':'own:2'}")
                .statusCode(400)
                .body("detail", containsString("scoreSet is own:2, allowed is a score set: a run collects"));
        putDiet("-whole").statusCode(200).body("policy.prePruned", equalTo(.25f));
    }

    private ValidatableResponse putDiet(String set) {
        return put(policy, "{'kind':'diet','scoreSet':'" + run + set + "'}");
    }

    @Test
    void knowsAllRunsAndWhichAreOver() {
        get("/runs/nobody/policy").then().statusCode(404).body("detail", containsString("nobody"));
        put("/runs/nobody/policy", "{'kind':'baseline'}").statusCode(404);
        Stored.run(wires, run + "-over", Run.State.COMPLETED);
        get("/runs/" + run + "-over/policy").then().statusCode(200);
        put("/runs/" + run + "-over/policy", "{'kind':'baseline'}").statusCode(409);
    }

    @Test
    void keepsADefaultPolicyForNewRuns() {
        get("/policies/default").then().statusCode(200);
        int revision = put("/policies/default", "{'kind':'random','keep':0.75}")
                .statusCode(200)
                .extract()
                .path("revision");
        get("/policies/default").then().header("ETag", "\"" + revision + "\"").body("policy.keep", equalTo(.75f));
        given().header("If-Match", "\"" + (revision - 1) + "\"")
                .contentType("application/json")
                .body("{\"kind\":\"baseline\"}")
                .put("/policies/default")
                .then()
                .statusCode(412)
                .body("detail", containsString("has revision " + revision));
    }

    @Test
    void runsADryRun() {
        String percentile = "{'policy':{'kind':'selective','rule':'percentile','keep':0.5},'seed':7,"
                + "'history':[1,2,4],'losses':[3]}";
        post(percentile).statusCode(200).body("probabilities", contains(.5f), "mask", hasSize(1));
        post("{'policy':{'kind':'random','keep':0.5},'losses':[3,1,2,4]}")
                .statusCode(200)
                .body("probabilities", contains(.5f, .5f, .5f, .5f), "weights", contains(1f, 1f));
        post("{'policy':{'kind':'random','keep':0.5},'losses':[-3]}").statusCode(400);
        post("{'policy':{'kind':'random','keep':0.5},'losses':[]}").statusCode(400);
        post("{'losses':[1]}").statusCode(400).body("detail", equalTo("policy is missing"));
        String twice = post("{'policy':{'kind':'selective'},'seed':7,'losses':[3,1,2,4]}")
                .statusCode(200)
                .extract()
                .asString();
        assertThat(post("{'policy':{'kind':'selective'},'seed':7,'losses':[3,1,2,4]}")
                        .extract()
                        .asString())
                .isEqualTo(twice);
    }

    private static ValidatableResponse post(String json) {
        return given().contentType("application/json")
                .body(json.replace('\'', '"'))
                .post("/policies/dry-run")
                .then();
    }

    @Test
    void listsEveryKindWithItsParameters() {
        get("/policies")
                .then()
                .statusCode(200)
                .body(
                        "kind",
                        contains(
                                "baseline",
                                "random",
                                "selective",
                                "diet",
                                "diet-selective",
                                "diet-random",
                                "infobatch",
                                "repb",
                                "replay",
                                "orderdp",
                                "rs2",
                                "progressive",
                                "seta",
                                "random-like",
                                "bls",
                                "ies",
                                "rho",
                                "rcap"),
                        "find { it.kind == 'progressive' }.parameters.name",
                        contains("tau", "gamma", "recheck", "start", "end"),
                        "find { it.kind == 'progressive' }.parameters.defaultValue",
                        contains("0.3", "1", "5", "0", "0.9"),
                        "find { it.kind == 'rho' }.parameters.name",
                        contains(
                                "keep",
                                "batching",
                                "start",
                                "end",
                                "interrupt",
                                "losses",
                                "selectionScale",
                                "scoreSet"),
                        "find { it.kind == 'rs2' }.passes",
                        equalTo(.5f),
                        "find { it.kind == 'diet-selective' }.parameters.name",
                        hasItems("keep", "rule", "historySize", "prePruned", "scoreSet"),
                        "find { it.kind == 'selective' }.passes",
                        equalTo(2.5f / 3),
                        "find { it.kind == 'diet-random' }.passes",
                        equalTo(.5f));
    }

    @Test
    void isReadyWithTheTopicsOfTheList() {
        Callers.managed("/q/health/ready").then().statusCode(200).body("checks.name", hasItems("topics", "masks"));
    }

    private static ValidatableResponse put(String path, String json) {
        return given().contentType("application/json")
                .body(json.replace('\'', '"'))
                .put(path)
                .then();
    }
}
