package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs commands against fake services. */
class CommandsTest {
    private final Path folder;
    private final PrintStream realOut = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final StringWriter complaints = new StringWriter();

    CommandsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(realOut);
    }

    private int dietsb(String line) {
        return Dietsb.commandLine().setErr(new PrintWriter(complaints)).execute(line.split(" "));
    }

    private String output() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private static String run(String kind, String state, String rest) {
        return "{'runId':'a-%s','state':'%s','policy':{'kind':'%s'},'prePruned':0,'totalPruned':0.5,'bitIdentical':true%s}"
                .formatted(kind, state, kind, rest);
    }

    @Test
    void trainsOnTheRunningSystemAndWritesTheResults() throws IOException {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("trainer", "POST /runs", 201, "{'runId':'a-random'}")
                    .says("trainer", "GET /runs/a-random", 200, run("random", "QUEUED", ""))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "COMPLETED", ",'epochs':[{'epoch':1}]"))
                    .says("trainer", "GET /runs/a-random/model", 200, "weights")
                    .says("trainer", "GET /runs/a-random/model.json", 200, "{}");
            Path summary = folder.resolve("s.json");
            Path model = folder.resolve("m.safetensors");
            // When
            int exitCode = dietsb("train --policy random --keep 1/4 --summary " + summary + " --model-out " + model
                    + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.asked.get(0))
                    .startsWith("POST /runs {")
                    .contains("\"budget\":\"epochs\"", "\"policy\":{\"kind\":\"random\",\"keep\":0.25}");
            assertThat(output())
                    .contains("Using the running system.", "Run a-random", "epoch  1", "method", "50.0 % (0.0 %)");
            assertThat(Json.MAPPER.readTree(summary.toFile()).path("runId").asText())
                    .isEqualTo("a-random");
            assertThat(model).hasContent("weights");
            assertThat(folder.resolve("m.safetensors.json")).hasContent("{}");
            assertThat(folder.toFile().list()).hasSize(3);
        }
    }

    @Test
    void namesTheOptionsThatAServiceRefuses() {
        try (FakeServices services = FakeServices.up()) {
            services.says(
                    "trainer",
                    "POST /runs",
                    400,
                    "{'detail':'batchSize is 0 and more','violations':["
                            + "{'field':'batchSize','in':'body','message':'batchSize is 0, allowed is [1, 65536]'},"
                            + "{'field':'policy.keep','in':'body','message':'keep is 2, allowed is (0, 1]'}]}");
            assertThat(dietsb("train --policy random" + services.options())).isEqualTo(1);
            assertThat(complaints.toString())
                    .isEqualToIgnoringNewLines(
                            "dietsb: --batch-size is 0, allowed is [1, 65536]; --keep is 2, allowed is (0, 1]");
        }
    }

    @Test
    void keepsFinishedRunsIfALaterRunFails() throws IOException {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("trainer", "POST /runs", 201, "{'runId':'a-baseline'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'a-random'}")
                    .says("trainer", "GET /runs/a-baseline", 200, run("baseline", "COMPLETED", ""))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "FAILED", ",'reason':'no room'"));
            Path summary = folder.resolve("s.json");
            // When
            int exitCode = dietsb("train --policy random,baseline --summary " + summary + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString()).isEqualToIgnoringNewLines("dietsb: run a-random is FAILED: no room");
            assertThat(output()).contains("method").contains("baseline  ");
            JsonNode written = Json.MAPPER.readTree(summary.toFile());
            assertThat(written.isArray()).isTrue();
            assertThat(written).hasSize(1);
        }
    }

    @Test
    void scoresOnceForAllDietsAndReportsExistingScores() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            String diet = ",'keptPerClass':[{'name':'x','count':2,'kept':1}]";
            services.says("scorer", "POST /scorings", 200, "{'id':'set','state':'COMPLETED'}")
                    .says(
                            "scorer",
                            "GET /score-sets/set",
                            200,
                            "{'id':'set','members':2,'scoringEpochs':2,'seconds':8.5,'scores':[0.5,1.0],'labels':[0,0]}")
                    .says("trainer", "POST /runs", 201, "{'runId':'a-diet'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'a-diet-random'}")
                    .says("trainer", "GET /runs/a-diet", 200, run("diet", "COMPLETED", diet))
                    .says("trainer", "GET /runs/a-diet-random", 200, run("diet-random", "COMPLETED", diet));
            // When
            int exitCode = dietsb("train --policy diet,diet-random" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.asked.stream().filter(request -> request.contains("/scorings")))
                    .hasSize(1);
            assertThat(output())
                    .contains("Score set set exists already")
                    .contains("One scoring, of 8.5 s, counts in the total of each of diet, diet-random.");
        }
    }

    @Test
    void writesScoresAsCsv() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("scorer", "POST /scorings", 202, "{'id':'set','state':'COMPLETED'}")
                    .says(
                            "scorer",
                            "GET /score-sets/set",
                            200,
                            "{'id':'set','seconds':8.5,'scores':[0.5,1.0],'labels':[3,4]}")
                    .says("scorer", "GET /score-sets/set/lowest?count=2", 200, "[{'index':0,'score':0.5,'label':3}]")
                    .says("scorer", "GET /score-sets/set/highest?count=2", 200, "[{'index':1,'score':1.0,'label':4}]")
                    .says("scorer", "GET /score-sets/set?format=csv", 200, "index,label,el2n");
            // When
            int exitCode = dietsb("score --csv " + folder.resolve("s.csv") + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(output())
                    .contains("Score set set: 2 examples, mean EL2N 0.7500, 8.5 s")
                    .contains("Lowest:  0 (class 3) 0.5000")
                    .contains("Highest: 1 (class 4) 1.0000");
            assertThat(folder.resolve("s.csv")).hasContent("index,label,el2n");
        }
    }

    @Test
    void cancelsItsScoringBeforeTheMembersIfItCannotFollow() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            String scoring = "{'id':'set','state':'%s','members':1,'scoringEpochs':1,'memberRuns':[{'runId':'m'}]}";
            services.says("scorer", "POST /scorings", 202, scoring.formatted("RUNNING"))
                    .says("scorer", "GET /scorings/set", 500, "{'detail':'something broke'}")
                    .says("scorer", "GET /scorings/set", 200, scoring.formatted("RUNNING"))
                    .says("scorer", "GET /scorings/set", 200, scoring.formatted("FAILED"))
                    .says("scorer", "DELETE /scorings/set", 202, "{}")
                    .says("trainer", "GET /runs/m", 200, run("baseline", "QUEUED", ""))
                    .says("trainer", "GET /runs/m", 200, run("baseline", "CANCELLED", ""))
                    .says("trainer", "DELETE /runs/m", 202, "{}");
            // When
            int exitCode = dietsb("score" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString()).isEqualToIgnoringNewLines("dietsb: something broke");
            assertThat(services.asked.stream().filter(request -> request.startsWith("DELETE")))
                    .containsExactly("DELETE /scorings/set", "DELETE /runs/m");
        }
    }

    @Test
    void swapsAPolicyAtTheRevisionItReadAndKeepsItsScores() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says(
                            "selector",
                            "GET /runs/a/policy",
                            200,
                            "{'revision':7,'policy':{'kind':'diet','prePruned':0.25,'balanced':false,'scoreSet':'set'}}")
                    .says(
                            "selector",
                            "PUT /runs/a/policy?who=dietsb",
                            200,
                            "{'revision':8,'policy':{'kind':'diet-random','keep':0.5,'start':0.0,'scoreSet':'set'}}");
            // When
            int exitCode = dietsb("policy a diet-random --keep 1/2" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.asked.get(1)).contains("\"keep\":0.5", "\"scoreSet\":\"set\"");
            assertThat(output()).isEqualTo("""
                was  revision 7: diet, prePruned 0.25, scoreSet set
                is   revision 8: diet-random, keep 0.5, scoreSet set
                """);
        }
    }

    @Test
    void reportsTheServicesReasonForARejectedSwap() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("selector", "GET /runs/a/policy", 200, "{'revision':7,'policy':{'kind':'random'}}")
                    .says(
                            "selector",
                            "PUT /runs/a/policy?who=dietsb",
                            412,
                            "{'detail':'swapped before: read it again'}");
            // When
            int exitCode = dietsb("policy a baseline" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString()).isEqualToIgnoringNewLines("dietsb: swapped before: read it again");
        }
    }

    @Test
    void rejectsASwapToADietWithoutScores() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("selector", "GET /runs/a/policy", 200, "{'revision':0,'policy':{'kind':'random'}}");
            // When
            int exitCode = dietsb("policy a diet" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(2);
            assertThat(complaints.toString())
                    .startsWith("dietsb: --score-set is missing")
                    .hasLineCount(1);
        }
    }

    @Test
    void showsThePolicyHistoryOfARun() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says(
                    "selector",
                    "GET /runs/a/policy/history",
                    200,
                    "[{'revision':0,'policy':{'kind':'baseline'},'effects':["
                            + "{'epoch':1,'batch':0,'until':{'epoch':3,'batch':7},'before':{},"
                            + "'after':{'accuracy':0.5,'secondsPerEpoch':4.25,'passesPerEpoch':1}},"
                            + "{'epoch':5,'batch':0,'before':{'accuracy':0.625},'after':{}}]},"
                            + "{'revision':1,'policy':{'kind':'random','keep':0.5},'who':'me','at':'2026-01-01T00:00:00Z',"
                            + "'until':{'epoch':5},'effects':[{'epoch':3,'batch':7,'until':{'epoch':5,'batch':0},"
                            + "'before':{'accuracy':0.5,'secondsPerEpoch':4.25,'passesPerEpoch':1},"
                            + "'after':{'accuracy':0.625,'secondsPerEpoch':2,'passesPerEpoch':0.5}}]},"
                            + "{'revision':2,'policy':{'kind':'baseline'},'who':'you','at':'2026-01-01T00:01:00Z',"
                            + "'from':{'progress':0.6},'rollsBackTo':0,'effects':[]}]");
            // When
            int exitCode = dietsb("policy a" + services.options());
            // Then
            assertThat(exitCode).isZero();
            assertThat(output().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
                    .containsExactly(
                            "revision|who|when|policy|schedule|in force|accuracy|s/epoch|passes/epoch",
                            "0|order|-|baseline|-|1/0 to 3/7|- > 0.500|- > 4.25|- > 1.000",
                            "0|order|-|baseline|-|5/0 on|0.625 > -|- > -|- > -",
                            "1|me|2026-01-01T00:00:00Z|random, keep 0.5|until epoch 5|3/7 to 5/0"
                                    + "|0.500 > 0.625|4.25 > 2.00|1.000 > 0.500",
                            "2|you|2026-01-01T00:01:00Z|baseline (as 0)|from 60.0 %|not yet|-|-|-");
        }
    }

    @Test
    void schedulesASwap() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("selector", "GET /runs/a/policy", 200, "{'revision':7,'policy':{'kind':'baseline'}}")
                    .says(
                            "selector",
                            "PUT /runs/a/policy?who=dietsb&afterProgress=0.6&forEpochs=10",
                            200,
                            "{'revision':8,'policy':{'kind':'random','keep':0.5},'from':{'progress':0.6},"
                                    + "'until':{'progress':0.8}}");
            // When
            int exitCode = dietsb("policy a random --after 3/5 --for-epochs 10" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(output()).endsWith("is   revision 8: random, keep 0.5, from 60.0 % until 80.0 %\n");
        }
    }

    @Test
    void rollsBackAtTheGivenRevision() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("selector", "GET /runs/a/policy", 200, "{'revision':7,'policy':{'kind':'baseline'}}")
                    .says(
                            "selector",
                            "POST /runs/a/policy/rollback?to=0&who=dietsb",
                            200,
                            "{'revision':8,'policy':{'kind':'random','keep':0.5},'rollsBackTo':0}");
            // When
            int exitCode = dietsb("policy a --roll-back 0 --if-revision 6" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.expected).containsExactly("", "\"6\"");
            assertThat(output()).endsWith("is   revision 8: random, keep 0.5\n");
        }
    }

    @Test
    void triesAPolicyOnTheLastBatchesOfARun() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            String verdict = "{'examples':8,'keptNow':8,'kept':2,'both':2,'passesNow':1,'passes':0.25,'shareKeptNow':1,"
                    + "'shareKept':0.25,'jaccard':0.25,'stillKept':0.25}";
            services.says("selector", "GET /runs/a/policy", 200, "{'revision':7,'policy':{'kind':'baseline'}}")
                    .says(
                            "selector",
                            "POST /runs/a/policy/dry-run",
                            200,
                            "{'batches':[{'epoch':3,'batch':7,'revision':2,'verdict':" + verdict + "}],'all':" + verdict
                                    + ",'forecast':{'kept':0.25,'seconds':3.25,'secondsNow':10}}");
            // When
            int exitCode = dietsb("policy a random --keep 1/4 --dry-run" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.asked.get(1)).endsWith("{\"policy\":{\"kind\":\"random\",\"keep\":0.25}}");
            assertThat(output().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
                    .containsExactly(
                            "batch|kept now|would keep|passes now|would cost|overlap|still kept",
                            "3/7|1.000|0.250|1.000|0.250|0.250|0.250",
                            "all|1.000|0.250|1.000|0.250|0.250|0.250",
                            "Forecast of an epoch: 25.0 % of the training set, 3.3 s (10.0 s so far)");
        }
    }

    @Test
    void comparesScoresByLossesWithEl2n() {
        String set = "{'scoreSet':'a.dual','method':'dual','epochs':30,'count':8,'mean':0.125,'checksum':'c'%s}";
        try (FakeServices services = FakeServices.up()) {
            services.says("selector", "POST /runs/a/score-sets", 200, String.format(set, ""));
            assertThat(dietsb("score-run a" + services.options())).isZero();
            assertThat(output().lines())
                    .containsExactly(
                            "Score set a.dual: 8 examples, 30 epochs, mean 0.1250",
                            "No EL2N score set of this dataset is here to compare with.");
        }
        try (FakeServices services = FakeServices.up()) {
            services.says(
                    "selector",
                    "POST /runs/a/score-sets",
                    200,
                    String.format(
                            set,
                            ",'besideEl2n':{'scoreSet':'e','rankCorrelation':0.5,'lowestQuarter':0.75,'chance':0.25}"));
            assertThat(dietsb("score-run a" + services.options())).isZero();
            assertThat(output())
                    .contains("Beside EL2N set e: rank correlation 0.500 (by chance 0), overlap of the lowest quarters"
                            + " 75.0 % (by chance 25.0 %)");
        }
    }

    @Test
    void listsTheKindsOfPolicies() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says(
                    "selector",
                    "GET /policies",
                    200,
                    "[{'kind':'random','rule':'some','cost':'keep','passes':0.5,'parameters':["
                            + "{'name':'keep','allowed':'(0, 1]','defaultValue':'0.5','meaning':'share'}]}]");
            // When
            int exitCode = dietsb("policy --catalogue" + services.options());
            // Then
            assertThat(exitCode).isZero();
            assertThat(output().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
                    .containsExactly(
                            "kind|passes/epoch|parameter|allowed|default|meaning",
                            "random|0.500|some; costs keep",
                            "keep|(0, 1]|0.5|share");
        }
    }

    @Test
    void listsRunsWithTheirProgress() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says(
                    "trainer",
                    "GET /runs?limit=100&members=false",
                    200,
                    "["
                            + run(
                                    "random",
                                    "RUNNING",
                                    ",'accuracy':0.5,'progress':{'epoch':2,'epochs':3,'batch':4,'batches':5},"
                                            + "'resumedFrom':{'attempt':3,'epoch':1,'batch':5}")
                            + ","
                            + run("diet", "QUEUED", ",'waitsFor':'the trainer'")
                            + ","
                            + run(
                                    "selective",
                                    "RUNNING",
                                    ",'proxy':{'runId':'p','model':'resnet8','state':'COMPLETED'}")
                            + "]");
            // When
            int exitCode = dietsb("runs" + services.options());
            // Then
            assertThat(exitCode).isZero();
            assertThat(output().lines().map(String::stripTrailing))
                    .containsExactly(
                            "run          state    policy     epoch  batch  accuracy  pruned  nominal  resumed from      proxy            "
                                    + "   reason",
                            "a-random     RUNNING  random     2/3    4/5    0.5000    50.0 %  -        epoch 1, batch 5  -                "
                                    + "   -",
                            "a-diet       QUEUED   diet       -      -      -         50.0 %  -        -                 -                "
                                    + "   waits for the trainer",
                            "a-selective  RUNNING  selective  -      -      -         50.0 %  -        -                "
                                    + " resnet8, COMPLETED  -");
        }
    }

    @Test
    void listsRunsWithATag() {
        try (FakeServices services = FakeServices.up()) {
            services.says(
                    "trainer",
                    "GET /runs?limit=100&members=false&tag=sweep.1,b",
                    200,
                    "[" + run("random", "COMPLETED", ",'tags':['b','sweep.1']") + "]");
            assertThat(dietsb("runs --tag sweep.1 --tag b" + services.options()))
                    .isZero();
            assertThat(output()).containsPattern("reason +tags").contains("b, sweep.1");
        }
    }

    @Test
    void listsAndDeletesScoreSets() {
        String set =
                "{'id':'s','method':'el2n','dataset':'d','model':'m','count':3,'members':2,'mean':0.5,'at':'2026-01-31T12:00:00Z'}";
        try (FakeServices services = FakeServices.up()) {
            services.says("scorer", "GET /score-sets", 200, "[" + set + "]")
                    .says("scorer", "DELETE /score-sets/s", 204, "")
                    .says("scorer", "DELETE /score-sets/used", 409, "{'detail':'score set used is used by r'}");
            assertThat(dietsb("score-sets" + services.options())).isZero();
            assertThat(output()).containsPattern("s +el2n +d +m +3 +2 +0.5000");
            assertThat(dietsb("score-sets --delete s,used" + services.options()))
                    .isOne();
            assertThat(output()).contains("Deleted s");
            assertThat(services.asked).contains("DELETE /score-sets/s", "DELETE /score-sets/used");
        }
    }

    @Test
    void listsMembersOfScoringsOnRequest() {
        try (FakeServices services = FakeServices.up()) {
            services.says("trainer", "GET /runs?limit=100&members=false", 200, "[]")
                    .says("trainer", "GET /runs?limit=100", 200, "[" + run("s-member-0", "COMPLETED", "") + "]");
            assertThat(dietsb("runs" + services.options())).isZero();
            assertThat(output()).contains("There are no runs yet.");
            assertThat(dietsb("runs --members" + services.options())).isZero();
            assertThat(output()).contains("s-member-0");
        }
    }

    @Test
    void showsWhyARunFailed() {
        try (FakeServices services = FakeServices.up()) {
            services.says(
                    "trainer",
                    "GET /runs?limit=100&members=false",
                    200,
                    "[" + run("random", "FAILED", ",'reason':'no room'") + "]");
            assertThat(dietsb("runs" + services.options())).isZero();
            assertThat(output()).contains("FAILED", "no room");
        }
    }

    @Test
    void aRunMayBeNamedByABeginningThatNoOtherHas() {
        try (FakeServices services = FakeServices.up()) {
            services.says(
                            "trainer",
                            "GET /runs?limit=1000",
                            200,
                            "[{'runId':'abc-1'},{'runId':'abd-2'},{'runId':'abd-3'}]")
                    .says("selector", "GET /runs/abc-1/policy/history", 200, "[]");
            assertThat(dietsb("policy abc" + services.options())).isZero();
            assertThat(services.asked).contains("GET /runs/abc-1/policy/history");

            assertThat(dietsb("policy ab" + services.options())).isEqualTo(1);
            assertThat(complaints.toString())
                    .isEqualToIgnoringNewLines(
                            "dietsb: 3 runs begin with ab: abc-1, abd-2, abd-3; give more of the id");
            complaints.getBuffer().setLength(0);
            assertThat(dietsb("policy x" + services.options())).isEqualTo(1);
            assertThat(complaints.toString()).contains("GET /runs/x/policy/history is not known");
        }
    }

    @Test
    void ordersRunsAndDoesNotWaitForThem() {
        try (FakeServices services = FakeServices.up()) {
            services.says("trainer", "POST /runs", 201, "{'runId':'a'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'b'}");
            assertThat(dietsb("train --policy baseline,random --detach" + services.options()))
                    .isZero();
            assertThat(output().lines()).containsExactly("a", "b");
            assertThat(services.asked).hasSize(2).allMatch(request -> request.startsWith("POST /runs {"));
        }
    }

    @Test
    void aDetachedDietWaitsForItsScoresInTheSystem() {
        try (FakeServices services = FakeServices.up()) {
            services.says("scorer", "POST /scorings", 202, "{'id':'s','state':'RUNNING'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'a'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'b'}");
            assertThat(dietsb("train --policy diet,random --detach" + services.options()))
                    .isZero();
            assertThat(output().lines()).containsExactly("a", "b");
            assertThat(services.asked.get(1)).contains("\"scoreSet\":\"s\"").contains("\"waitForScores\":true");
            assertThat(services.asked.get(2)).doesNotContain("waitForScores");
        }
    }

    @Test
    void aDetachedDietWhoseScoresAreThereDoesNotWait() {
        try (FakeServices services = FakeServices.up()) {
            services.says("scorer", "POST /scorings", 200, "{'id':'s','state':'COMPLETED'}")
                    .says("trainer", "POST /runs", 201, "{'runId':'a'}");
            assertThat(dietsb("train --policy diet --detach" + services.options()))
                    .isZero();
            assertThat(services.asked.get(1)).contains("\"scoreSet\":\"s\"").doesNotContain("waitForScores");
        }
    }

    @Test
    void startsNoSystemForRunsThatItWouldNotWaitFor() {
        try (FakeServices services = new FakeServices("trainer")) {
            assertThat(dietsb("train --detach" + services.options())).isEqualTo(1);
            assertThat(complaints.toString())
                    .contains("selector at http://127.0.0.1:", "is not running; start a system with dietsb up");
        }
    }

    @Test
    void followsARunThatAnotherCommandOrdered() {
        try (FakeServices services = FakeServices.up()) {
            services.says("trainer", "GET /runs/a-random", 200, run("random", "RUNNING", ",'batchSize':32"))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "COMPLETED", ",'epochs':[{'epoch':1}]"));
            assertThat(dietsb("follow a-random" + services.options())).isZero();
            assertThat(output()).contains("Run a-random", "epoch  1", "method", "50.0 % (0.0 %)");
            assertThat(services.asked).as("it is not cancelled").noneMatch(request -> request.startsWith("DELETE"));
        }
    }

    @Test
    void looksForWhatIsMissingOnThisMachine() {
        try (FakeServices services = FakeServices.up()) {
            int exitCode = dietsb("doctor" + services.options());
            assertThat(output().lines().map(line -> line.split(" +")[1]))
                    .containsExactly(
                            "Java",
                            "Maven",
                            "memory",
                            "data",
                            "Kafka",
                            "trainer",
                            "selector",
                            "scorer",
                            "GPU",
                            "datasets");
            assertThat(output()).containsPattern("ok +trainer +trainer at http://127.0.0.1:\\d+ is ready");
            assertThat(exitCode).isEqualTo(output().lines().anyMatch(line -> line.startsWith("wrong")) ? 1 : 0);
        }
        try (FakeServices services = new FakeServices("trainer")) {
            assertThat(dietsb("doctor" + services.options()))
                    .as("a system without its selector")
                    .isEqualTo(1);
            assertThat(output())
                    .containsPattern("wrong +selector +selector at http://127.0.0.1:\\d+ is not running: see ");
        }
    }

    @Test
    void cancelsRunsAndScoringsOnceAndShowsHowTheyStand() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("trainer", "GET /runs/a-diet", 200, run("diet", "COMPLETED", ",'accuracy':0.75"))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "RUNNING", ""))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "RUNNING", ""))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "CANCELLED", ",'accuracy':0.5"))
                    .says("trainer", "DELETE /runs/a-random", 202, "{}")
                    .says("scorer", "GET /scorings/set", 200, "{'id':'set','state':'RUNNING'}")
                    .says("scorer", "GET /scorings/set", 200, "{'id':'set','state':'RUNNING'}")
                    .says("scorer", "GET /scorings/set", 200, "{'id':'set','state':'FAILED'}")
                    .says("scorer", "DELETE /scorings/set", 204, "");
            // When
            int exitCode = dietsb("cancel a-diet a-random set nothing" + services.options());
            // Then
            assertThat(complaints.toString()).isEqualToIgnoringNewLines("dietsb: there is no run or scoring nothing");
            assertThat(exitCode).isEqualTo(1);
            assertThat(services.asked.stream().filter(request -> request.startsWith("DELETE")))
                    .containsExactly("DELETE /runs/a-random", "DELETE /scorings/set");
            assertThat(output().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
                    .containsExactly(
                            "run|state|accuracy|model",
                            "a-diet|COMPLETED|0.7500|http://127.0.0.1:" + services.port("trainer")
                                    + "/runs/a-diet/model",
                            "a-random|CANCELLED|0.5000|-",
                            "set|FAILED|-|-");
        }
    }

    @Test
    void resumesARunAndFollowsIt() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says("trainer", "POST /runs/a-random/resume", 202, run("random", "QUEUED", ",'batchSize':32"))
                    .says(
                            "trainer",
                            "GET /runs/a-random",
                            200,
                            run("random", "QUEUED", ",'waitsFor':'trainer busy with b'"))
                    .says("trainer", "GET /runs/a-random", 200, run("random", "COMPLETED", ",'epochs':[{'epoch':1}]"));
            // When
            int exitCode = dietsb("resume a-random" + services.options());
            // Then
            assertThat(complaints.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(services.asked.get(0)).isEqualTo("POST /runs/a-random/resume");
            assertThat(output())
                    .contains("Run a-random waits: trainer busy with b", "epoch  1", "method", "50.0 % (0.0 %)");
        }
    }

    @Test
    void reportsWhyARunCannotBeResumed() {
        try (FakeServices services = FakeServices.up()) {
            services.says("trainer", "POST /runs/a/resume", 409, "{'detail':'run a is COMPLETED'}");
            assertThat(dietsb("resume a" + services.options())).isEqualTo(1);
            assertThat(complaints.toString()).isEqualToIgnoringNewLines("dietsb: run a is COMPLETED");
        }
    }

    @Test
    void comparesTwoRuns() {
        try (FakeServices services = FakeServices.up()) {
            // Given
            services.says(
                            "trainer",
                            "GET /runs/a-random",
                            200,
                            run(
                                    "random",
                                    "COMPLETED",
                                    ",'dataset':'svhn','seed':3,'accuracy':0.5,'epochs':[{'epoch':1,'seconds':4,'steps':7}]"))
                    .says("trainer", "GET /runs/a-diet", 200, run("diet", "RUNNING", ",'accuracy':0.75"));
            // When
            int exitCode = dietsb("runs --compare a-random a-diet" + services.options());
            // Then
            assertThat(exitCode).as(complaints.toString()).isZero();
            assertThat(output().lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
                    .contains(
                            "a-random|a-diet|difference",
                            "state|COMPLETED|RUNNING",
                            "dataset|svhn|-",
                            "seed|3|-",
                            "policy|random|diet",
                            "epochs|1|0",
                            "accuracy|0.5000|0.7500|+0.2500",
                            "pruned, %|50.0|50.0|+0.0",
                            "s/epoch|4.00|0.00|-4.00",
                            "steps|7|0|-7");
        }
    }

    @Test
    void reportsEachServiceOfAnIncompleteSystem() {
        try (FakeServices services = new FakeServices("trainer", "selector")) {
            // Given
            services.saysNow(
                    "selector",
                    "GET /q/health/ready",
                    503,
                    "{'checks':[{'name':'topics','status':'DOWN','data':{'run-events':'is missing, needs 1"
                            + " partitions'}},{'name':'loop','status':'UP'}]}");
            // When
            int exitCode = dietsb("train" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString())
                    .isEqualToIgnoringNewLines(Format.text(
                            "dietsb: trainer at http://127.0.0.1:%d is ready, selector at http://127.0.0.1:%d is not ready"
                                    + " (topics, run-events is missing, needs 1 partitions), scorer at http://127.0.0.1:%d is"
                                    + " not running: wait for, start or stop the services named, or choose other ports"
                                    + " (see --help)",
                            services.port("trainer"), services.port("selector"), services.port("scorer")));
        }
    }

    @Test
    void reportsAnotherProgramOnThePortOfAService() {
        try (FakeServices services = new FakeServices("trainer")) {
            // Given
            services.saysNow("trainer", "GET /q/openapi?format=json", 200, "<html>");
            // When
            int exitCode = dietsb("up" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString())
                    .startsWith("dietsb: the program at http://127.0.0.1:" + services.port("trainer")
                            + " is not the trainer, ")
                    .hasLineCount(1);
        }
    }

    @Test
    void sendsTheGivenTokenAndReportsItsRejection() {
        try (FakeServices services =
                FakeServices.up().says("trainer", "GET /runs?limit=100&members=false", 200, "[]")) {
            // When
            int exitCode = dietsb("runs --token 0123456789abcdef" + services.options());
            // Then
            assertThat(exitCode).isZero();
            assertThat(services.tokens).containsExactly("Bearer 0123456789abcdef");
            // When
            services.saysNow(
                    "trainer", "GET /runs?limit=100&members=false", 401, "{'detail':'the token is not valid here'}");
            exitCode = dietsb("runs --token 0123456789abcdef" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString())
                    .isEqualToIgnoringNewLines("dietsb: the trainer at http://127.0.0.1:" + services.port("trainer")
                            + " rejects this command: it expects another token: pass that of the system with"
                            + " DIETSB_TOKEN or --token");
        }
    }

    @Test
    void doesNotStartASystemTwice() {
        try (FakeServices services = FakeServices.up()) {
            // When
            int exitCode = dietsb("up" + services.options());
            // Then
            assertThat(exitCode).isEqualTo(1);
            assertThat(complaints.toString())
                    .startsWith("dietsb: the system is running already: trainer at ")
                    .hasLineCount(1);
        }
    }
}
