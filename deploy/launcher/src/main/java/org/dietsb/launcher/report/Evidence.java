package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.sample.AgainstControls;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** The available results of an experiment, by cell and seed. */
public final class Evidence {
    private final Experiment experiment;
    private final Map<Cell, SortedMap<Long, Result>> results = new LinkedHashMap<>();
    private final Map<Scoring, ScoreSet> scores = new LinkedHashMap<>();

    /**
     * Groups the results.
     *
     * @throws UserError if results of one setting are from different data
     */
    public Evidence(Experiment experiment, Collection<Result> runs, Collection<ScoreSet> sets) {
        this.experiment = experiment;
        for (Result result : runs) {
            results.computeIfAbsent(result.run().cell(), missing -> new TreeMap<>())
                    .put(result.run().seed(), result);
        }
        sets.forEach(set -> scores.put(set.scoring(), set));
        Map<String, String> fingerprints = new LinkedHashMap<>();
        runs.forEach(result -> requireSame(
                fingerprints,
                result.run().cell().setting(),
                result.fingerprint(),
                result.run().key()));
        sets.forEach(set -> requireSame(
                fingerprints,
                set.scoring().setting(),
                set.scores().fingerprint(),
                set.scoring().key()));
    }

    private static void requireSame(
            Map<String, String> fingerprints, Setting setting, String fingerprint, String name) {
        String before = fingerprints.putIfAbsent(setting.dataset() + " " + setting.limit(), fingerprint);
        if (before != null && !before.equals(fingerprint)) {
            throw new UserError(name + " was computed on other data named " + setting.dataset()
                    + " than earlier results: choose another --out, or delete results that are not to be compared");
        }
    }

    public Experiment experiment() {
        return experiment;
    }

    public List<Result> all() {
        return results.values().stream()
                .flatMap(bySeed -> bySeed.values().stream())
                .toList();
    }

    /** Returns the cells of a setting that have results, without controls. */
    public List<Cell> cells(Setting setting) {
        return experiment.cells(setting).stream().filter(results::containsKey).toList();
    }

    public SortedMap<Long, Result> of(Cell cell) {
        return results.getOrDefault(cell, new TreeMap<>());
    }

    public Map<Long, Double> figures(Cell cell, ToDoubleFunction<Result> figure) {
        return of(cell).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> figure.applyAsDouble(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    Sample sample(Cell cell, ToDoubleFunction<Result> figure) {
        return new Sample(List.copyOf(figures(cell, figure).values()));
    }

    Sample differences(Cell a, Cell b, ToDoubleFunction<Result> figure) {
        return Sample.differences(figures(a, figure), figures(b, figure));
    }

    Sample ratios(Cell a, Cell b, ToDoubleFunction<Result> figure) {
        return Sample.ratios(figures(a, figure), figures(b, figure));
    }

    /** Returns the passes over the training set per epoch: expected or, if only runs can tell, measured. */
    public double passesPerEpoch(Cell cell) {
        return cell.passesPerEpoch()
                .orElseGet(() ->
                        sample(cell, Result::passes).mean() / cell.setting().epochs());
    }

    /** Returns the control of equal cost, whether the experiment has it or not; the baseline itself is its own. */
    public Cell equalCost(Cell cell) {
        return cell.method() == PolicyKind.BASELINE ? cell : experiment.equalCost(cell, passesPerEpoch(cell));
    }

    /** Returns how a method stands beside its controls. */
    public AgainstControls againstControls(Cell cell) {
        return new AgainstControls(
                differences(cell, equalCost(cell), Result::accuracy),
                cell.chooses() ? differences(cell, cell.randomLike(), Result::accuracy) : null);
    }

    /** Returns the cell of a setting that is the plain method at these shares. */
    public Optional<Cell> plain(Setting setting, PolicyKind method, double pruned, double prePruned) {
        return cells(setting).stream()
                .filter(cell -> cell.is(method, pruned, prePruned))
                .findFirst();
    }

    /** Returns the score set of a scoring, if it is stored. */
    Optional<ScoreSet> scores(@Nullable Scoring scoring) {
        return Optional.ofNullable(scoring == null ? null : scores.get(scoring));
    }

    /** Returns the compared score sets of a model by seed. */
    public SortedMap<Long, ScoreSet> scores(String model) {
        SortedMap<Long, ScoreSet> sets = new TreeMap<>();
        if (experiment.hasScores()) {
            experiment.scorings(model).stream()
                    .map(scores::get)
                    .filter(Objects::nonNull)
                    .forEach(set -> sets.put(set.scoring().seed(), set));
        }
        return sets;
    }

    /** Returns the usage counts of a cell with the scores of its model, of the same seed if it has any, else of the first. */
    List<Overlap.Pair> pairs(Cell cell) {
        SortedMap<Long, ScoreSet> sets = scores(cell.setting().model());
        List<Overlap.Pair> pairs = new ArrayList<>();
        of(cell).forEach((seed, result) -> {
            ScoreSet set = sets.containsKey(seed) || sets.isEmpty() ? sets.get(seed) : sets.get(sets.firstKey());
            int n = result.examples();
            if (set != null
                    && n > 0
                    && result.times().length == n
                    && set.scores().el2n().length == n) {
                pairs.add(new Overlap.Pair(result.times(), set.scores().el2n()));
            }
        });
        return pairs;
    }

    /** Returns the cell of SB whose usage is compared with scores: half pruned, else the first. */
    public Optional<Cell> selective() {
        Setting setting = experiment.setting();
        return plain(setting, PolicyKind.SELECTIVE, .5, 0).or(() -> cells(setting).stream()
                .filter(cell -> cell.method() == PolicyKind.SELECTIVE)
                .findFirst());
    }

    /** Returns the share that the first diet drops; a quarter if there is none. */
    double dietShare() {
        return experiment.seedsOf().keySet().stream()
                .filter(cell -> cell.method().hasDiet() && cell.prePruned() > 0)
                .mapToDouble(Cell::prePruned)
                .findFirst()
                .orElse(.25);
    }

    /** Returns the name of a class, or its number if no result has the name. */
    String className(int label) {
        return all().stream()
                .filter(result -> label < result.classes().size())
                .map(result -> result.classes().get(label))
                .findFirst()
                .orElse("class " + label);
    }
}
