package org.dietsb.launcher.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private final ObjectNode baseline = finished(Runs.run("baseline", 0, 0), 4, 1000, 0, 0);
    private final ObjectNode random = finished(Runs.run("random", 0, .5), 2, 500, 0, 0);
    private final ObjectNode diet = finished(Runs.run("diet", .25, .25), 3, 750, 0, 12.5);
    private final ObjectNode dietSelective = finished(Runs.run("diet-selective", .25, .5), 3.2, 500, 750, 12.5);

    /** Adds two epochs, the first with twice the seconds. */
    private static ObjectNode finished(ObjectNode run, double seconds, int selected, int passed, double scoring) {
        Runs.epoch(Runs.epoch(run, 2 * seconds, selected, passed), seconds, selected, passed);
        run.path("epochs").forEach(epoch -> ((ObjectNode) epoch).put("steps", 1000));
        run.putObject("scoring").put("seconds", scoring);
        return run;
    }

    @Test
    void comparesWithTheBaselineAndNotesASharedScoring() {
        assertThat(lines(List.of(baseline, diet, dietSelective)))
                .containsExactly(
                        "method          pruned (pre)     accuracy  s/epoch  of baseline  selected  for selection"
                                + "  mask wait  scoring s  total s",
                        "baseline        0.0 % (0.0 %)    0.8750    4.00     1.00         2000      0            "
                                + "  10.0 %     0.0        13.2",
                        "diet            25.0 % (25.0 %)  0.8750    3.00     0.75         1500      0            "
                                + "  10.0 %     12.5       22.4",
                        "diet-selective  50.0 % (25.0 %)  0.8750    3.20     0.80         1000      1500         "
                                + "  10.0 %     12.5       23.1",
                        "One scoring, of 12.5 s, counts in the total of each of diet, diet-selective.",
                        "diet beside the baseline: accuracy +0.00 points, 9.2 s lost with scoring (22.4 s, not 13.2 s), n = 1.",
                        "diet-selective beside the baseline: accuracy +0.00 points, 9.9 s lost with scoring (23.1 s, not"
                                + " 13.2 s), n = 1.",
                        "Whether that beats training less is not shown: --controls trains what would show it.",
                        "One seed does not tell methods apart; a report over several does, see dietsb report.");
    }

    @Test
    void saysHowMuchAPolicyReallyLeftOut() {
        ObjectNode infobatch = finished(Runs.run("infobatch", 0, .31), 3, 690, 0, 0);
        ((ObjectNode) infobatch.path("policy")).put("keep", .5);
        assertThat(lines(List.of(baseline, infobatch)))
                .contains("infobatch: nominal 50.0 %, left out 31.0 % of the training set.");
        assertThat(lines(List.of(baseline, random))).noneMatch(line -> line.contains("nominal"));
    }

    @Test
    void aRunOfSeveralPoliciesIsEvidenceForNone() {
        // Given: one that ended as a baseline, and two seeds of a method of which one was swapped
        ObjectNode swapped = finished(Runs.run("baseline", 0, .2), 3, 800, 0, 0);
        swapped.put("policyCourse", "diet-selective, then baseline from epoch 3")
                .put("seed", 1);
        ObjectNode often = finished(Runs.run("random", 0, .5), 2, 500, 0, 0);
        often.put("policyCourse", "random, then selective from epoch 2, then random from epoch 3")
                .put("seed", 1);
        ObjectNode again = random.deepCopy().put("seed", 2);
        // When
        List<String> lines = lines(List.of(swapped, often, random.deepCopy().put("seed", 1), again));
        // Then
        assertThat(lines)
                .anyMatch(line -> line.startsWith("diet-selective, then baseline from epoch 3 seed 1  "))
                .anyMatch(line -> line.startsWith("several policies, at last random seed 1  "))
                .contains(
                        "Run a-baseline had several policies, and shows nothing about any one: diet-selective, then baseline"
                                + " from epoch 3.")
                .noneMatch(line -> line.contains("beside the baseline"));
        assertThat(lines)
                .filteredOn(line -> line.contains("±"))
                .singleElement()
                .asString()
                .startsWith("random  ")
                .contains("  2  ");
    }

    @Test
    void aRunWhoseMasksTimedOutIsNoEvidence() {
        ObjectNode late = random.deepCopy();
        ((ObjectNode) late.path("epochs").get(0)).put("maskTimeouts", 50);
        assertThat(lines(List.of(baseline, late)))
                .contains("Run a-random shows nothing about its policy: 53 of 2000 masks timed out.")
                .noneMatch(line -> line.contains("beside the baseline"));
        assertThat(lines(List.of(baseline, random))).anyMatch(line -> line.contains("beside the baseline"));
    }

    @Test
    void comparesWithTheFirstRunWithoutABaseline() {
        assertThat(lines(List.of(random, dietSelective))).first().asString().contains("  of random  ");
        assertThat(lines(List.of(random, dietSelective)).get(2)).contains("  1.60  ");
    }

    @Test
    void comparesASingleRunWithNothing() {
        assertThat(lines(List.of(diet)).get(0)).doesNotContain(" of ");
        assertThat(lines(List.of(diet))).hasSize(2);
    }

    @Test
    void showsTheCostOfReachingTheAccuracy() {
        // Given
        baseline.put("stopAtAccuracy", .85);
        baseline.putObject("reachedAccuracy")
                .put("epoch", 2)
                .put("seconds", 12.04)
                .put("passes", 2.0);
        random.put("stopAtAccuracy", .85);
        // Then
        assertThat(lines(List.of(baseline, random)).get(0))
                .contains("of baseline  s to 0.85  passes to 0.85  selected");
        assertThat(lines(List.of(baseline, random)).get(1)).contains("1.00         12.0       2.00            2000");
        assertThat(lines(List.of(baseline, random)).get(2)).contains("0.50         -          -               1000");
    }

    @Test
    void notesRunsThatAreNotReproducible() {
        // Given
        random.put("bitIdentical", false);
        // Then
        assertThat(lines(List.of(random)))
                .contains("random: 6 masks timed out, so a repetition of the run may end in different weights.");
    }

    @Test
    void notesTheCostOfAProxy() {
        random.putObject("proxy")
                .put("model", "resnet8")
                .put("seconds", 3.5)
                .put("backwardExamples", 500)
                .put("selectionExamples", 1000);
        assertThat(lines(List.of(baseline, random)))
                .anyMatch(line -> line.startsWith("random by resnet8 "))
                .contains("random by resnet8: the proxy, resnet8, took 3.5 s in parallel; it trained 500 examples and"
                        + " passed 1000 for selection, which no row includes.");
    }

    @Test
    void fitsInto120Columns() {
        for (String line : lines(List.of(baseline, random, diet, dietSelective))) {
            assertThat(line.length()).isLessThan(120);
        }
    }

    @Test
    void isEmptyWithoutRuns() {
        assertThat(ResultTable.of(List.of())).isEmpty();
    }

    @Test
    void showsTheRecordingRunOnceAndDistinguishesTheOthers() {
        ObjectNode recorded =
                Runs.run("selective", 0, .5).put("runId", "recorded").put("seed", 1);
        ObjectNode replay = Runs.run("replay", 0, .5).put("runId", "two").put("seed", 2);
        ((ObjectNode) replay.path("policy")).put("of", "recorded@0123456789abcdef");
        List<String> lines = ResultTable.of(List.of(recorded, replay)).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).startsWith("selective seed 1  ");
        assertThat(lines.get(2)).startsWith("replay seed 2  ");
        assertThat(lines.get(3))
                .isEqualTo("replay uses the masks of run recorded, which has a row of its own and counts in no other"
                        + " total.");
    }

    /** Returns runs of these seeds, each with an accuracy of its own. */
    private static List<ObjectNode> ofSeeds(int seeds, String kind, double accuracy, String control) {
        return IntStream.rangeClosed(1, seeds)
                .mapToObj(seed -> {
                    ObjectNode run = finished(Runs.run(kind, 0, .5), 2, 500, 0, 0)
                            .put("runId", kind + seed + control)
                            .put("seed", seed)
                            .put("accuracy", accuracy + seed % 3 * 1e-3);
                    if (!control.isEmpty()) {
                        run.putObject("control").put("kind", control).put("of", "selective" + seed);
                    }
                    return run;
                })
                .toList();
    }

    private static List<ObjectNode> withControls(int seeds, double equalCost, double random) {
        List<ObjectNode> runs = new ArrayList<>(ofSeeds(seeds, "baseline", .9, ""));
        runs.addAll(ofSeeds(seeds, "selective", .85, ""));
        runs.addAll(ofSeeds(seeds, "baseline", equalCost, Controls.EQUAL_COST));
        runs.addAll(ofSeeds(seeds, "random-like", random, Controls.RANDOM));
        return runs;
    }

    @Test
    void sumsUpTheSeedsOfASweep() {
        List<ObjectNode> runs = new ArrayList<>(ofSeeds(2, "baseline", .9, ""));
        List<ObjectNode> selective = ofSeeds(2, "selective", .85, "");
        selective.get(1).put("accuracy", .91);
        runs.addAll(selective);
        // Then: .851 and .91; the baseline has .901 and .902.
        assertThat(lines(runs).subList(5, 9))
                .containsExactly(
                        "",
                        "over seeds  n  accuracy         s/epoch      minus baseline by seed, points",
                        "baseline    2  0.9015 ± 0.0007  2.00 ± 0.00  -",
                        "selective   2  0.8805 ± 0.0417  2.00 ± 0.00  1: -5.00, 2: +0.80");
        assertThat(lines(ofSeeds(1, "random", .9, "")))
                .as("one seed has no spread")
                .noneMatch(line -> line.startsWith("over seeds"));
    }

    @Test
    void saysWhetherAMethodBeatsTrainingLess() {
        List<String> lines = lines(withControls(5, .84, .86));
        assertThat(lines.get(11)).startsWith("selective seed 1: equal cost  ");
        assertThat(lines.get(16)).startsWith("selective seed 1: random  ");
        assertThat(lines.subList(lines.size() - 2, lines.size()))
                .containsExactly(
                        "selective beside the baseline: accuracy -5.00 points [-5.00, -5.00], 0.0 s lost with scoring"
                                + " (6.6 s, not 6.6 s), n = 5.",
                        "selective beside its controls: equal cost +1.00 points [+1.00, +1.00], random -1.00 points"
                                + " [-1.00, -1.00]: no better than training less: not above random.");
        assertThat(lines(withControls(5, .84, .84))).last().asString().endsWith(": better than training less.");
        assertThat(lines(withControls(2, .84, .84)))
                .contains("selective beside its controls: equal cost +1.00 points, random +1.00 points: not shown: n ="
                        + " 2.")
                .last()
                .isEqualTo("Two seeds do not tell methods apart; a report over several does, see dietsb report.");
    }

    private static List<String> lines(List<ObjectNode> runs) {
        return ResultTable.of(runs).lines().map(String::stripTrailing).toList();
    }
}
