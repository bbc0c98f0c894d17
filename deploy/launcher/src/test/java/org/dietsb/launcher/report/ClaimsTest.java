package org.dietsb.launcher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dietsb.launcher.report.Verdict.Answer.CANNOT_TELL;
import static org.dietsb.launcher.report.Verdict.Answer.DOES_NOT_HOLD;
import static org.dietsb.launcher.report.Verdict.Answer.HOLDS;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.ExperimentFile;
import org.dietsb.launcher.experiment.Wanted;
import org.junit.jupiter.api.Test;

/** Verdicts on synthetic results whose answers are known. */
class ClaimsTest {
    private static final Map<String, Double> ACCURACIES = Map.ofEntries(
            Map.entry("baseline", .800),
            Map.entry("Random 50 %", .797),
            Map.entry("Random 75 %", .780),
            Map.entry("Random 90 %", .600),
            Map.entry("SB 25 %", .801),
            Map.entry("SB 50 %", .800),
            Map.entry("SB 90 %", .700),
            Map.entry("EL2N 25 % (25 %)", .770),
            Map.entry("Diet-SB 50 % (25 %)", .798),
            Map.entry("Diet-SB 62.5 % (25 %)", .797),
            Map.entry("baseline at equal cost 5 passes", .790));

    private static Experiment experiment(String seeds) {
        return new ExperimentFile(List.of("cifar10"), List.of("resnet8"))
                .read(
                        "a.yaml",
                        "{dataset: cifar10, seeds: " + seeds + ", scoring: {}, cells: ["
                                + "{method: random, pruned: [.5, .75, .9]}, {method: selective, pruned: [.25, .5, .9]},"
                                + "{method: diet}, {method: diet-selective, pruned: [.5, 5/8]}]}",
                        null);
    }

    /** Returns results with the accuracies above, slightly higher for higher seeds; seconds are a constant plus the passes. */
    private static Evidence evidence(Experiment experiment, int testExamples) {
        List<Result> results = experiment.runs(cell -> OptionalDouble.empty()).stream()
                .map(run -> Result.of(run, kept(run, testExamples)))
                .toList();
        return new Evidence(experiment, results, List.of());
    }

    private static ObjectNode kept(Wanted run, int testExamples) {
        double noise = run.seed() * 1e-3 + (run.seed() + run.cell().title().hashCode()) % 3 * 1e-4;
        ObjectNode kept = JsonNodeFactory.instance
                .objectNode()
                .put("accuracy", ACCURACIES.getOrDefault(run.cell().title(), .5) + noise)
                .put("totalPruned", run.cell().pruned())
                .put("examples", 1000)
                .put("testExamples", testExamples)
                .put("fingerprint", "f");
        double passes = run.cell().passesPerEpoch().orElse(1);
        for (int epoch = 1; epoch <= 3; epoch++) {
            kept.withArray("epochs")
                    .addObject()
                    .put("epoch", epoch)
                    // The first epoch is slow, and does not count.
                    .put("seconds", epoch == 1 ? 100 : 1 + 9 * passes)
                    .put("backwardExamples", 1000 * (1 - run.cell().pruned()))
                    .put("scaledSelectionExamples", 0);
        }
        return kept;
    }

    private static List<Verdict.Answer> answers(Evidence evidence) {
        return new Claims(evidence).all().stream().map(Verdict::answer).toList();
    }

    @Test
    void decidesByTheIntervalOverSeeds() {
        assertThat(answers(evidence(experiment("[1, 2, 3, 4, 5]"), 10_000)))
                .containsExactly(
                        CANNOT_TELL, // no scores to compare
                        HOLDS, // Diet-SB loses .2 points of SB
                        HOLDS, // Random loses .3
                        DOES_NOT_HOLD, // Random at 75 % loses 2 points, whatever SB does at 90 %
                        HOLDS, // EL2N loses 3 points more than SB
                        HOLDS, // 6.625 s by 7.75
                        CANNOT_TELL,
                        CANNOT_TELL);
    }

    @Test
    void withholdsAnswersAboutAccuracyWithFewTestImagesOrOneSeed() {
        assertThat(answers(evidence(experiment("[1, 2, 3, 4, 5]"), 9_999)))
                .containsExactly(
                        CANNOT_TELL,
                        CANNOT_TELL,
                        CANNOT_TELL,
                        CANNOT_TELL,
                        CANNOT_TELL,
                        HOLDS,
                        CANNOT_TELL,
                        CANNOT_TELL);
        assertThat(answers(evidence(experiment("[1]"), 10_000))).containsOnly(CANNOT_TELL);
    }

    @Test
    void showsWhichMethodsAreNoWorseThanTheBaseline() {
        // Given
        Evidence evidence = evidence(experiment("[1, 2, 3, 4, 5]"), 10_000);
        // When
        Grid grid = new CostPanels(evidence)
                .noWorse(evidence.experiment().setting())
                .grids()
                .get(0);
        // Then
        assertThat(grid.rows())
                .extracting(row -> row.get(0) + ": " + row.get(row.size() - 1))
                .containsExactly(
                        "Random 50 %: yes",
                        "Random 75 %: no: less accurate",
                        "Random 90 %: no: less accurate",
                        "SB 25 %: no: saves too little time",
                        "SB 50 %: no: saves too little time",
                        "SB 90 %: no: less accurate",
                        "EL2N 25 % (25 %): no: less accurate",
                        "Diet-SB 50 % (25 %): no: saves too little time",
                        "Diet-SB 62.5 % (25 %): yes");
        assertThat(grid.rows().get(0)).element(2).isEqualTo("45 %");
        Evidence four = evidence(experiment("[1, 2, 3, 4]"), 10_000);
        assertThat(new CostPanels(four)
                        .noWorse(four.experiment().setting())
                        .grids()
                        .get(0)
                        .rows())
                .allSatisfy(row -> assertThat(row).contains("cannot tell: fewer than 5 seeds"));
    }
}
