package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Format;

/** The eight claims of the poster, each decided by an interval over seeds. */
final class Claims {
    private static final double QUARTER = .25;
    private static final double DIET = .25;
    private static final int ENOUGH_TEST_IMAGES = 10_000;
    private static final String NEEDS_SCORES = "needs runs of selective and scores";
    private static final String PAIRED = "paired by seed, 95 % t-interval";

    private final Evidence evidence;
    private final Setting setting;
    private final List<Overlap.Pair> pairs;

    Claims(Evidence evidence) {
        this.evidence = evidence;
        this.setting = evidence.experiment().setting();
        this.pairs = evidence.selective().map(evidence::pairs).orElse(List.of());
    }

    List<Verdict> all() {
        return List.of(
                overlap(),
                combinable(),
                randomOnPar(),
                randomIsFree(),
                el2nHitsHarder(),
                dietCutsCost(),
                transfers(),
                leastUsedAreLowest());
    }

    Panel panel() {
        List<List<String>> rows = new ArrayList<>();
        for (Verdict verdict : all()) {
            rows.add(List.of(
                    rows.size() + 1 + ". " + verdict.claim(),
                    verdict.answer().toString(),
                    verdict.test(),
                    verdict.figures()));
        }
        return Panel.of(
                "Verdicts",
                List.of(
                        "The claims of the poster, for " + setting
                                + ". A claim holds or does not hold if the whole 95 % interval says so. Otherwise, or"
                                + " if runs are missing, the experiment cannot tell.",
                        "The poster calls selective SB, a diet EL2N, and diet-selective Diet-SB.",
                        "Each claim is tested separately: with eight claims, some interval misses its mean one time in"
                                + " three. Seeds vary weights, order and augmentation; training and test images are the"
                                + " same.",
                        Format.text(
                                "Claims about accuracy need %,d test images: fewer cannot resolve a point.",
                                ENOUGH_TEST_IMAGES)),
                new Grid("Verdicts", List.of("claim", "verdict", "test", "figures"), rows));
    }

    private Verdict overlap() {
        Sample correlation = Overlap.correlations(pairs);
        return new Verdict(
                "The methods overlap: selective (SB) and EL2N agree on what is easy",
                Verdict.above(correlation, 0),
                "rank correlation of times selected and EL2N, one per seed, 95 % t-interval above 0",
                correlation.n() == 0
                        ? NEEDS_SCORES
                        : Words.interval(correlation, "%.3f") + "; " + Words.signs(correlation, 0));
    }

    private Verdict combinable() {
        return accuracy(
                "They can be combined: diet-selective (Diet-SB) is as accurate as selective (SB) that prunes as much",
                differ(
                        evidence.plain(setting, PolicyKind.DIET_SELECTIVE, .5, DIET),
                        evidence.plain(setting, PolicyKind.SELECTIVE, .5, 0)),
                -ControlPanel.MARGIN,
                "diet-selective 50 % (25 %) minus selective 50 %, " + PAIRED + " above -1 point");
    }

    private Verdict randomOnPar() {
        return accuracy(
                "Random is on par with selective (SB) at 50 %",
                differ(
                        evidence.plain(setting, PolicyKind.RANDOM, .5, 0),
                        evidence.plain(setting, PolicyKind.SELECTIVE, .5, 0)),
                -ControlPanel.MARGIN,
                "random 50 % minus selective 50 %, " + PAIRED + " above -1 point");
    }

    private Verdict accuracy(String claim, Optional<Sample> differences, double above, String test) {
        Sample sample = differences.orElse(new Sample(List.of()));
        return new Verdict(claim, judged(Verdict.above(sample, above)), test, figures(sample));
    }

    private Verdict randomIsFree() {
        Sample free = differ(evidence.plain(setting, PolicyKind.RANDOM, .75, 0), Optional.of(Cell.baseline(setting)))
                .orElse(new Sample(List.of()));
        Sample beyond = differ(
                        evidence.plain(setting, PolicyKind.SELECTIVE, .9, 0),
                        evidence.plain(setting, PolicyKind.RANDOM, .9, 0))
                .orElse(new Sample(List.of()));
        return new Verdict(
                "Random costs no accuracy up to 75 %; beyond that selective (SB) is better",
                judged(Verdict.above(free, -ControlPanel.MARGIN).and(Verdict.above(beyond, 0))),
                "both: random 75 % minus baseline above -1 point, selective 90 % minus random 90 % above 0; " + PAIRED,
                "75 %: " + figures(free) + ". 90 %: " + figures(beyond));
    }

    private Verdict el2nHitsHarder() {
        Optional<Sample> differences = evidence.cells(setting).stream()
                .filter(cell ->
                        cell.method() == PolicyKind.DIET && cell.variation().isPlain())
                .sorted(Comparator.comparingDouble(Cell::pruned))
                .map(cell -> differ(
                        Optional.of(cell),
                        evidence.plain(setting, PolicyKind.SELECTIVE, cell.pruned(), 0)
                                .or(() -> evidence.plain(setting, PolicyKind.RANDOM, cell.pruned(), 0))))
                .flatMap(Optional::stream)
                .findFirst();
        Sample sample = differences.orElse(new Sample(List.of()));
        return new Verdict(
                "A diet by EL2N costs more accuracy than selective (SB) that prunes as much",
                judged(Verdict.below(sample, 0)),
                "diet minus selective (or random, if that is missing) at the lowest rate that both have, " + PAIRED
                        + " below 0",
                figures(sample));
    }

    private Verdict dietCutsCost() {
        Optional<Cell> both = evidence.plain(setting, PolicyKind.DIET_SELECTIVE, .625, DIET);
        Optional<Cell> diet = evidence.plain(setting, PolicyKind.DIET, DIET, DIET);
        Sample ratios = both.isPresent() && diet.isPresent()
                ? evidence.ratios(both.get(), diet.get(), Result::secondsPerEpoch)
                : new Sample(List.of());
        return new Verdict(
                "Diet-selective (Diet-SB) cuts cost on top of the diet (EL2N)",
                Verdict.below(ratios, 1),
                "ratio of seconds per epoch, diet-selective 62.5 % (25 %) to diet 25 %, " + PAIRED
                        + " below 1; poster: .908",
                ratios.n() == 0
                        ? "needs both"
                        : Words.interval(ratios, "%.3f") + "; " + Words.signs(ratios, 1) + ", n = " + ratios.n());
    }

    private Verdict transfers() {
        List<String> models = evidence.experiment().scoringModels();
        Sample across = new Sample(List.of());
        Sample within = new Sample(List.of());
        if (models.size() > 1) {
            across = Overlap.lowest(
                    OverlapPanels.bySeed(evidence.scores(models.get(0)), evidence.scores(models.get(1))), QUARTER);
            within = Overlap.lowest(OverlapPanels.ofSeeds(evidence.scores(models.get(0))), QUARTER);
        }
        return new Verdict(
                "EL2N transfers across architectures",
                Verdict.above(across, QUARTER),
                "overlap of the lowest quarter between two architectures, " + PAIRED + " above chance, .25",
                across.n() == 0
                        ? "needs scores of two architectures"
                        : Words.interval(across, "%.3f") + ", n = " + across.n() + "; between seeds of one "
                                + Words.mean(within, "%.3f"));
    }

    private Verdict leastUsedAreLowest() {
        Sample overlap = Overlap.lowest(pairs, QUARTER);
        return new Verdict(
                "The examples that selective (SB) uses least have the lowest EL2N",
                Verdict.above(overlap, QUARTER),
                "overlap of the least used and the lowest quarter, one per seed, 95 % t-interval above chance, .25",
                overlap.n() == 0
                        ? NEEDS_SCORES
                        : Words.interval(overlap, "%.3f") + "; " + Words.signs(overlap, QUARTER));
    }

    private Optional<Sample> differ(Optional<Cell> a, Optional<Cell> b) {
        return a.flatMap(first -> b.map(second -> evidence.differences(first, second, Result::accuracy)))
                .filter(sample -> sample.n() > 0);
    }

    /** Withholds answers about accuracy if the test set is too small. */
    private Verdict.Answer judged(Verdict.Answer answer) {
        boolean small = evidence.all().stream()
                .filter(result -> result.run().cell().setting().equals(setting))
                .anyMatch(result -> result.testExamples() < ENOUGH_TEST_IMAGES);
        return small ? Verdict.Answer.CANNOT_TELL : answer;
    }

    private static String figures(Sample differences) {
        return differences.n() == 0
                ? "needs both"
                : Words.points(differences) + " points; " + Words.signs(differences, 0);
    }
}
