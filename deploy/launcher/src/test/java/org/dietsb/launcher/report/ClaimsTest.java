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
            Map.entry("random 50 %", .797),
            Map.entry("random 75 %", .780),
            Map.entry("random 90 %", .600),
            Map.entry("selective 25 %", .801),
            Map.entry("selective 50 %", .800),
            Map.entry("selective 90 %", .700),
            Map.entry("diet 25 % (25 %)", .770),
            Map.entry("diet-selective 50 % (25 %)", .798),
            Map.entry("diet-selective 62.5 % (25 %)", .797),
            Map.entry("baseline at equal cost 5 passes, batches of 64", .790),
            Map.entry("baseline at equal cost 2.5 passes, batches of 32", .785),
            Map.entry("random like selective 50 %", .802),
            Map.entry("baseline at equal cost 6.25 passes, batches of 107", .798));

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
                        HOLDS, // diet-selective loses .2 points of selective
                        HOLDS, // random loses .3
                        DOES_NOT_HOLD, // random at 75 % loses 2 points, whatever selective does at 90 %
                        HOLDS, // the diet loses 3 points more than selective
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

    private static List<String> last(Evidence evidence, int fromTheEnd) {
        Grid grid = new ControlPanel(evidence)
                .of(evidence.experiment().setting())
                .grids()
                .get(0);
        return grid.rows().stream()
                .map(row -> row.get(0) + ": " + row.get(row.size() - fromTheEnd))
                .toList();
    }

    @Test
    void showsWhichMethodsAreNoWorseThanTheBaseline() {
        Evidence evidence = evidence(experiment("[1, 2, 3, 4, 5]"), 10_000);
        assertThat(last(evidence, 1))
                .containsExactly(
                        "random 50 %: yes",
                        "random 75 %: no: less accurate",
                        "random 90 %: no: less accurate",
                        "selective 25 %: no: saves too little time",
                        "selective 50 %: no: saves too little time",
                        "selective 90 %: no: less accurate",
                        "diet 25 % (25 %): no: less accurate",
                        "diet-selective 50 % (25 %): no: saves too little time",
                        "diet-selective 62.5 % (25 %): no: no better than training less");
        assertThat(new ControlPanel(evidence)
                        .of(evidence.experiment().setting())
                        .grids()
                        .get(0)
                        .rows()
                        .get(0))
                .contains("45 %", "64", "is random", "5: 1-5");
        assertThat(new ControlPanel(evidence)
                        .of(evidence.experiment().setting())
                        .grids()
                        .get(0)
                        .rows())
                .as("selective 50 %: 8.333 passes in as many steps as 10 of 128")
                .filteredOn(row -> row.get(0).equals("selective 50 %"))
                .allSatisfy(row -> assertThat(row).contains("107"));
        assertThat(last(evidence(experiment("[1, 2, 3, 4]"), 10_000), 1))
                .allSatisfy(row -> assertThat(row).endsWith("not shown: fewer than 5 seeds"));
    }

    @Test
    void saysWhatIsNoBetterThanTrainingLess() {
        assertThat(last(evidence(experiment("[1, 2, 3, 4, 5]"), 10_000), 2))
                .containsExactly(
                        "random 50 %: better than training less",
                        "random 75 %: no better than training less: not above equal cost",
                        "random 90 %: better than training less",
                        "selective 25 %: better than training less",
                        "selective 50 %: no better than training less: not above random",
                        "selective 90 %: better than training less",
                        "diet 25 % (25 %): better than training less",
                        "diet-selective 50 % (25 %): better than training less",
                        "diet-selective 62.5 % (25 %): no better than training less: not above equal cost");
        assertThat(last(evidence(experiment("[1, 2]"), 10_000), 2))
                .allSatisfy(row -> assertThat(row).endsWith("not shown: n = 2"));
    }
}
