package org.dietsb.launcher.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.WrongUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
    private static final ExperimentFile READER =
            new ExperimentFile(List.of("fashion-mini", "cifar10"), List.of("resnet8", "resnet20"));

    private static Experiment read(String yaml) {
        return READER.read("a.yaml", yaml, null);
    }

    private static List<Wanted> runs(Experiment experiment) {
        return experiment.runs(cell -> OptionalDouble.empty());
    }

    @Test
    void addsTheBaselineAndTheControls() {
        // When
        List<Wanted> runs = runs(read("{epochs: 4, seeds: [1, 2], cells: [{method: selective, pruned: [1/2, .75]}]}"));

        // Then: two cells, a baseline, and of each cell everything for (1 + 3k)/3 passes an epoch and as many at
        // random; all of seed 1
        // first.
        assertThat(runs.stream().map(run -> run.cell().title() + " " + run.seed()))
                .containsExactly(
                        "baseline 1",
                        "selective 50 % 1",
                        "baseline at equal cost 3.333 passes, batches of 107 1",
                        "random like selective 50 % 1",
                        "selective 75 % 1",
                        "baseline at equal cost 2.333 passes, batches of 75 1",
                        "random like selective 75 % 1",
                        "baseline 2",
                        "selective 50 % 2",
                        "baseline at equal cost 3.333 passes, batches of 107 2",
                        "random like selective 50 % 2",
                        "selective 75 % 2",
                        "baseline at equal cost 2.333 passes, batches of 75 2",
                        "random like selective 75 % 2");
        assertThat(runs.get(2).order(null, null).path("batchSize").asInt())
                .as("3.333 passes in as many steps as 4 of 128")
                .isEqualTo(107);
        assertThat(runs.get(1).order(null, null).path("batchSize").asInt()).isEqualTo(128);
        assertThat(runs.get(3).replayed()).isEqualTo(runs.get(1));
        assertThat(runs.get(3).order(null, "run@f00d").path("policy").toString())
                .isEqualTo("{\"kind\":\"random-like\",\"batching\":\"shrink\",\"of\":\"run@f00d\"}");
        assertThat(runs.get(3).cell().passesPerEpoch()).as("no selection pass").hasValue(.5);
        assertThat(runs.get(2).order(null, null).path("budget").asText()).isEqualTo("passes=3.333");
        assertThat(runs.get(1).order(null, null).path("policy").toString())
                .isEqualTo(
                        "{\"kind\":\"selective\",\"keep\":0.5,\"batching\":\"shrink\",\"rule\":\"rank\",\"losses\":\"fresh\","
                                + "\"selectionScale\":1.0}");
    }

    @Test
    void methodsOfEqualCostAndStepsShareTheirControl() {
        // Diet-selective at 50 % (25 %) costs .5 + .75 / 3 passes an epoch, as much as a diet of 25 %, and takes as
        // many
        // steps, one for each batch of the diet.
        Experiment experiment = read("{epochs: 4, scoring: {}, controls: cost, cells: [{method: diet},"
                + " {method: diet-selective, pruned: .5}]}");
        assertThat(runs(experiment).stream().filter(run -> run.cell().isControl()))
                .singleElement()
                .satisfies(run -> assertThat(run.cell().control()).isEqualTo(new Control.EqualCost(3, 128)));
    }

    @Test
    void controlsTakeAsManyStepsAsTheirMethod() {
        assertThat(titles("{epochs: 4, scoring: {}, controls: cost, cells: [{method: diet-selective, pruned: .5},"
                        + " {method: diet-selective, pruned: .5, batching: accumulate},"
                        + " {method: random}, {method: random, batching: accumulate}]}"))
                .containsExactly(
                        "baseline",
                        "diet-selective 50 % (25 %)",
                        "baseline at equal cost 3 passes, batches of 128",
                        "diet-selective, accumulate 50 % (25 %)",
                        "baseline at equal cost 3 passes, batches of 192",
                        "random 50 %",
                        "baseline at equal cost 2 passes, batches of 64",
                        "random, accumulate 50 %",
                        "baseline at equal cost 2 passes, batches of 128");
    }

    private static List<String> titles(String yaml) {
        return runs(read(yaml)).stream().map(run -> run.cell().title()).toList();
    }

    @Test
    void aCellMayHaveControlsOfItsOwn() {
        assertThat(titles(
                        "{controls: random, cells: [{method: random}, {method: selective}, {method: diet, order: random},"
                                + " {method: selective, pruned: .75, controls: none}, {method: selective, pruned: .9,"
                                + " controls: [cost, random]}]}"))
                .containsExactly(
                        "baseline",
                        "random 50 %",
                        "selective 50 %",
                        "random like selective 50 %",
                        "diet, drawn at random 25 % (25 %)",
                        "random like diet, drawn at random 25 % (25 %)",
                        "selective 75 %",
                        "selective 90 %",
                        "baseline at equal cost 4.333 passes, batches of 55",
                        "random like selective 90 %");
    }

    @Test
    void theRandomControlUsesTheRunOfItsSeed() {
        Experiment experiment = read("{seeds: [1, 2], scoring: {}, controls: random, cells: [{method: selective},"
                + " {method: replay}, {method: diet-random}]}");
        List<Wanted> runs = runs(experiment);
        List<Wanted> controls =
                runs.stream().filter(run -> run.cell().isControl()).toList();
        assertThat(controls).hasSize(6).allSatisfy(run -> {
            assertThat(runs).contains(Objects.requireNonNull(run.replayed()));
            assertThat(run.replayed().seed()).isEqualTo(run.seed());
        });
        assertThat(runs).extracting(Wanted::key).doesNotHaveDuplicates();
    }

    @Test
    void aReplayUsesTheRunOfTheNextSeed() {
        Experiment experiment = read("{epochs: 4, seeds: [1, 2], cells: [{method: selective}, {method: replay},"
                + " {method: selective, model: resnet20}, {method: replay, masksOf: resnet20}]}");
        List<Wanted> replays = runs(experiment).stream()
                .filter(run -> run.cell().method() == PolicyKind.REPLAY)
                .toList();

        assertThat(replays.stream().map(run -> run.title() + " by " + recorded(run)))
                .containsExactly(
                        "replay 50 %, resnet8, seed 1 by selective 50 %, resnet8, seed 2",
                        "replay, masks of resnet20 50 %, resnet8, seed 1 by selective 50 %, resnet20, seed 2",
                        "replay 50 %, resnet8, seed 2 by selective 50 %, resnet8, seed 1",
                        "replay, masks of resnet20 50 %, resnet8, seed 2 by selective 50 %, resnet20, seed 1");
        assertThat(replays).extracting(Wanted::key).doesNotHaveDuplicates();
        assertThat(replays).allMatch(run -> runs(experiment).contains(run.replayed()), "replayed runs are trained too");
        assertThat(replays.get(0).order(null, "run@f00d").path("policy").toString())
                .isEqualTo("{\"kind\":\"replay\",\"batching\":\"shrink\",\"of\":\"run@f00d\"}");
        assertThat(replays.get(0).cell().passesPerEpoch()).hasValue(.5);
        assertThat(experiment.hasProxies()).isFalse();
    }

    private static String recorded(Wanted run) {
        return Objects.requireNonNull(run.replayed()).title();
    }

    @Test
    void aProxyReplacesTheSelectionPass() {
        Experiment experiment = read("{cells: [{method: selective, losses: 'proxy:resnet8', pruned: .75}]}");
        Wanted run = runs(experiment).get(1);

        assertThat(experiment.hasProxies()).isTrue();
        assertThat(run.title()).isEqualTo("selective, proxy:resnet8 75 %, resnet8, seed 1");
        assertThat(run.cell().passesPerEpoch()).hasValue(.25);
        assertThat(run.order(null, null).path("policy").path("losses").asText()).isEqualTo("proxy:resnet8");
    }

    @Test
    void controlsOfMeasuredMethodsWaitForTheirRuns() {
        Experiment experiment = read("{epochs: 10, cells: [{method: infobatch}]}");
        assertThat(runs(experiment)).hasSize(3);
        assertThat(experiment.runs(cell -> OptionalDouble.of(.7214)).stream()
                        .map(run -> run.cell().title()))
                .containsExactly(
                        "baseline",
                        "infobatch keep 0.5",
                        "baseline at equal cost 7.214 passes, batches of 128",
                        "random like infobatch keep 0.5");
    }

    @Test
    void aDietByItsOwnFirstEpochsNeedsNoScoringAndStartsWithWholeEpochs() {
        Experiment experiment = read("{epochs: 10, cells: [{method: diet-random, pruned: .5, scoresOf: 'own:4'}]}");
        List<Wanted> runs = runs(experiment);

        assertThat(runs.get(1).scoring()).isNull();
        assertThat(runs.get(1).order(null, null).at("/policy/scoreSet").asText())
                .isEqualTo("own:4");
        assertThat(runs.stream().map(run -> run.cell().title()))
                .as("4 epochs whole, 6 of a half")
                .containsExactly(
                        "baseline",
                        "diet-random, scores of its first 4 epochs 50 % (25 %)",
                        "baseline at equal cost 7 passes, batches of 85",
                        "random like diet-random, scores of its first 4 epochs 50 % (25 %)");
        assertThatThrownBy(() -> read("{epochs: 10, cells: [{method: diet, scoresOf: 'own:10'}]}"))
                .hasMessageContaining("or own:N, N in [1, 9]");
    }

    @Test
    void aCellMayHaveTheNumbersOfItsKind() {
        List<Wanted> runs = runs(read("{controls: none, cells: [{method: seta}, {method: seta, groups: 4, window: 1/2},"
                + " {method: repb, cap: 3}]}"));
        assertThat(runs.stream().map(run -> run.cell().title()))
                .containsExactly("baseline", "seta", "seta, groups 4, window 0.5", "repb, cap 3 keep 0.5");
        assertThat(runs.get(2).order(null, null).path("policy").toString())
                .isEqualTo("{\"kind\":\"seta\",\"groups\":4.0,\"window\":0.5}");
        assertThat(runs.get(1).order(null, null).path("policy").has("groups"))
                .as("a number at its default does not change the name of a run")
                .isFalse();
    }

    @Test
    void theCostOfRepBIsMeasured() {
        Experiment experiment = read("{epochs: 10, cells: [{method: repb, pruned: .25}]}");
        assertThat(runs(experiment)).hasSize(3);
        assertThat(runs(experiment).get(1).cell().title()).isEqualTo("repb keep 0.75");
    }

    @Test
    void aRunIsIdentifiedByItsContent() {
        // Given
        String cells = "cells: [{method: selective}, {method: diet}], scoring: {}";
        List<Wanted> runs = runs(read("{" + cells + "}"));
        List<String> keys = runs.stream().map(Wanted::key).toList();

        // Then
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(keys.get(1)).matches("fashion-mini-resnet8-selective-[0-9a-f]{12}");
        assertThat(runs(read("{title: another, seeds: [1, 2], " + cells + "}")).stream()
                        .map(Wanted::key))
                .containsAll(keys);
        for (String other : List.of(
                "limit: 9",
                "epochs: 11",
                "seeds: 2",
                "model: resnet20",
                "recipe: {momentum: .8}",
                "dataset: cifar10")) {
            assertThat(runs(read("{" + other + ", " + cells + "}")).stream().map(Wanted::key))
                    .as(other)
                    .doesNotContainAnyElementsOf(keys);
        }
        // A diet by other scores is another run, however the system names its score set.
        assertThat(runs(read("{cells: [{method: diet}], scoring: {members: 5}}"))
                        .get(1)
                        .key())
                .isNotIn(keys)
                .startsWith("fashion-mini-resnet8-diet-");
    }

    @Test
    void aDietUsesScoresOfItsSeedIfThereAreAny() {
        Experiment experiment = read(
                "{seeds: [3, 4, 5], scoring: {seeds: [4, 9], models: [resnet8, resnet20]}, cells: [{method: diet}]}");
        List<Long> seeds = runs(experiment).stream()
                .map(Wanted::scoring)
                .filter(Objects::nonNull)
                .map(Scoring::seed)
                .toList();
        assertThat(seeds).containsExactly(4L, 4L, 4L);
        assertThat(experiment.scorings().stream().map(Scoring::title))
                .containsExactly(
                        "EL2N of resnet8 (2 x 2 epochs), seed 4",
                        "EL2N of resnet8 (2 x 2 epochs), seed 9",
                        "EL2N of resnet20 (2 x 2 epochs), seed 4",
                        "EL2N of resnet20 (2 x 2 epochs), seed 9");
    }

    @Test
    void cellsCanHaveTheirOwnSettings() {
        Experiment experiment = read("""
            epochs: 3
            scoring: {epochs: 1, seeds: 7}
            cells:
              - {method: random, model: resnet20, limit: 100, seeds: [8]}
              - {method: diet, scoresOf: resnet20, pruned: .25}
            """.replace(", pruned: .25", ""));
        assertThat(experiment.settings().stream().map(Setting::toString))
                .containsExactly(
                        "resnet20 on fashion-mini, 100 examples, 3 epochs", "resnet8 on fashion-mini, 3 epochs");
        assertThat(experiment.scorings().stream().map(Scoring::title))
                .containsExactly("EL2N of resnet8 (2 x 1 epoch), seed 7", "EL2N of resnet20 (2 x 1 epoch), seed 7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cells: []                                              | a.yaml, line 1: cells is not a single value, allowed is a list, one or more
        title: x                                               | a.yaml, line 1: cells is missing
        {cells: [{method: replay}]}                            | a.yaml, line 1: cells has replay 50 %, which needs selective 50 %, resnet8 on fashion-mini, 10 epochs, with the same seeds to replay its masks
        {epochs: 3, cells: [{method: best}]}                   | a.yaml, line 1: cells[0].method is best, allowed is one of baseline, random, selective, diet, diet-selective, diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, bls, ies, rcap
        {cells: [{}]}                                          | a.yaml, line 1: cells[0]: method is missing
        {cells: [{method: random, keep: 1}]}                   | a.yaml, line 1: cells[0].keep is not a key, allowed are batching, controls, dataset, epochs, limit, method, model, pruned, seeds
        {cells: [{method: random, pruned: [.5, 1]}]}           | a.yaml, line 1: cells[0].pruned is 1, allowed is [0.0, 1): of all examples, as a number or a fraction
        {cells: [{method: random, pruned: 1/0}]}               | a.yaml, line 1: cells[0].pruned is 1/0, allowed is [0.0, 1): of all examples, as a number or a fraction
        {cells: [{method: diet-random, pruned: .2}], scoring: {}} | a.yaml, line 1: cells[0].pruned is .2, allowed is [0.25, 1): of all examples, including the diet, as a number or a fraction
        {cells: [{method: random}, {method: random}]}          | a.yaml, line 1: cells[1]: random 50 % occurs twice
        {cells: [{method: diet}]}                              | a.yaml, line 1: scoring is missing: a diet uses scores
        {cells: [{method: random}], epochs: 0}                 | a.yaml, line 1: epochs is 0, allowed is a whole number in [1, 100000]
        {cells: [{method: random}], seeds: [1, 1]}             | a.yaml, line 1: seeds has 1 twice
        {cells: [{method: random}], epochs: 2, epochs: 3}      | a.yaml, line 1: epochs occurs twice
        {cells: [{method: random}], dataset: imagenet}         | a.yaml, line 1: dataset is imagenet, allowed is one of fashion-mini, cifar10
        {cells: [{method: diet}], epochs: 2, scoring: {epochs: 3}} | a.yaml, line 1: scoring.epochs is 3, allowed is a whole number in [1, 2]
        {cells: [{method: diet}], scoring: {models: resnet20}} | a.yaml, line 1: scoring: models is [resnet20], allowed is a list that begins with resnet8, the model of the experiment
        {cells: [{method: selective, losses: stale}]}          | a.yaml, line 1: cells[0].losses is stale, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL
        {cells: [{method: rho}]}                               | a.yaml, line 1: cells[0].method is rho, allowed is one of baseline, random, selective, diet, diet-selective, diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, bls, ies, rcap
        {cells: [{method: random-like}]}                       | a.yaml, line 1: cells[0].method is random-like, allowed is one of baseline, random, selective, diet, diet-selective, diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, bls, ies, rcap
        {cells: [{method: random}], controls: best}            | a.yaml, line 1: controls is best, allowed is one of cost, random, none
        {cells: [{method: seta, groups: 2.5}]}                 | a.yaml, line 1: cells[0].groups is 2.5, allowed is [1, 100], a whole number, as a number or a fraction
        {cells: [{method: seta, tau: 1}]}                      | a.yaml, line 1: cells[0].tau is not a key, allowed are controls, dataset, drop, epochs, groups, limit, method, model, seeds, window
        {cells: [{method: random, controls: [none, cost]}]}    | a.yaml, line 1: cells[0]: controls is none, cost, allowed is none, or cost, random, or both
        {cells: [                                              | a.yaml, line 1: not YAML, expected the node content, but found '<stream end>'
        7                                                      | a.yaml, line 1: the file holds no keys
        """)
    void rejectsInvalidExperiments(String yaml, String says) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(WrongUsage.class).hasMessage(says);
    }

    @Test
    void rejectsWhatTheReaderDoesNotFollow() {
        assertThatThrownBy(() -> read("x: &x [1]\ncells: [" + "*x, ".repeat(60) + "]"))
                .isInstanceOf(WrongUsage.class)
                .hasMessage(
                        "a.yaml is no experiment: Number of aliases for non-scalar nodes exceeds the specified max=50");
        assertThatThrownBy(() -> read("cells: " + "[".repeat(60) + "]".repeat(60)))
                .isInstanceOf(WrongUsage.class)
                .hasMessage("a.yaml is no experiment: Nesting Depth exceeded max 50");
        assertThatThrownBy(() -> read("title: \0"))
                .isInstanceOf(WrongUsage.class)
                .message()
                .startsWith("a.yaml is no experiment: special characters are not allowed")
                .hasLineCount(1);
    }

    @Test
    void boundsTheNumberOfRuns() {
        String seeds =
                IntStream.rangeClosed(1, 200_000).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        assertThatThrownBy(() -> read("{seeds: [" + seeds + "], cells: [{method: random}]}"))
                .isInstanceOf(WrongUsage.class)
                .hasMessage("a.yaml, line 1: cells and seeds make up to 600000 runs, allowed are 10000");
        assertThatThrownBy(() -> read("{scoring: {seeds: [" + seeds + "]}, cells: [{method: diet}]}"))
                .hasMessage("a.yaml, line 1: scoring: seeds has 200000 values, allowed are 10000");
        List<Wanted> runs = runs(read("{seeds: ["
                + IntStream.rangeClosed(1, 1_600).mapToObj(String::valueOf).collect(Collectors.joining(", "))
                + "], scoring: {seeds: [1, 2]}, cells: [{method: diet}, {method: selective}]}"));
        // The baseline, two methods and two controls of each.
        assertThat(runs).hasSize(7 * 1_600);
        assertThat(runs.stream()
                        .map(Wanted::scoring)
                        .filter(Objects::nonNull)
                        .map(Scoring::seed)
                        .limit(5))
                .containsExactly(1L, 2L, 1L, 2L, 1L);
    }

    @Test
    void reportsTheLine() {
        assertThatThrownBy(() -> read("epochs: 3\ncells:\n  - method: random\n    pruned: [.5,\n      2]\n"))
                .hasMessageStartingWith("a.yaml, line 5: cells[0].pruned is 2");
        assertThatThrownBy(() -> read("# nothing")).hasMessage("a.yaml is empty");
    }
}
