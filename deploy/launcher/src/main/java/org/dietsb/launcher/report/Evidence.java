package org.dietsb.launcher.report;

import org.dietsb.launcher.result.Result;
import org.dietsb.launcher.result.ScoreSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Method;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Setting;

/** The results of an experiment, as far as there are any, by cell and seed. */
public final class Evidence {
    private final Experiment experiment;
    private final Map<Cell, SortedMap<Long, Result>> results = new LinkedHashMap<>();
    private final Map<Scoring, ScoreSet> scores = new LinkedHashMap<>();

    /**
     * Sorts what there is.
     *
     * @throws IllegalArgumentException if runs of one setting were on different data
     */
    public Evidence(Experiment experiment, Collection<Result> runs, Collection<ScoreSet> sets) {
        this.experiment = experiment;
        for (Result result : runs) {
            results.computeIfAbsent(result.run().cell(), missing -> new TreeMap<>())
                    .put(result.run().seed(), result);
        }
        sets.forEach(set -> scores.put(set.scoring(), set));
        Map<String, String> fingerprints = new LinkedHashMap<>();
        runs.forEach(result -> same(
                fingerprints,
                result.run().cell().setting(),
                result.fingerprint(),
                result.run().key()));
        sets.forEach(set -> same(
                fingerprints,
                set.scoring().setting(),
                set.fingerprint(),
                set.scoring().key()));
    }

    private static void same(Map<String, String> fingerprints, Setting setting, String fingerprint, String who) {
        String before = fingerprints.putIfAbsent(setting.dataset() + " " + setting.limit(), fingerprint);
        if (before != null && !before.equals(fingerprint)) {
            throw new IllegalArgumentException(who + " is of other data of the name " + setting.dataset()
                    + " than what came before it: choose another --out, or delete what is not to be compared");
        }
    }

    public Experiment experiment() {
        return experiment;
    }

    /** All results. */
    public List<Result> all() {
        return results.values().stream()
                .flatMap(bySeed -> bySeed.values().stream())
                .toList();
    }

    /** Of a setting, its cells with results, controls left out. */
    public List<Cell> cells(Setting setting) {
        return experiment.cells(setting).stream().filter(results::containsKey).toList();
    }

    public SortedMap<Long, Result> of(Cell cell) {
        return results.getOrDefault(cell, new TreeMap<>());
    }

    /** A figure by seed. */
    public Map<Long, Double> figures(Cell cell, ToDoubleFunction<Result> figure) {
        return of(cell).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> figure.applyAsDouble(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    Sample sample(Cell cell, ToDoubleFunction<Result> figure) {
        return new Sample(List.copyOf(figures(cell, figure).values()));
    }

    /** a - b by seed. */
    Sample differences(Cell a, Cell b, ToDoubleFunction<Result> figure) {
        return Sample.differences(figures(a, figure), figures(b, figure));
    }

    /** a / b by seed. */
    Sample ratios(Cell a, Cell b, ToDoubleFunction<Result> figure) {
        return Sample.ratios(figures(a, figure), figures(b, figure));
    }

    /** Passes over the training set an epoch: as expected or, where only runs can tell, as measured. */
    public double passesPerEpoch(Cell cell) {
        return cell.passesPerEpoch()
                .orElseGet(() ->
                        sample(cell, Result::passes).mean() / cell.setting().epochs());
    }

    /** The baseline that may spend what this cell spends. */
    public Cell control(Cell cell) {
        return cell.method() == Method.BASELINE ? cell : Experiment.control(cell, passesPerEpoch(cell));
    }

    /** The cell of a setting that is this method as the poster has it. */
    public Optional<Cell> plain(Setting setting, Method method, double pruned, double prePruned) {
        return cells(setting).stream()
                .filter(cell -> cell.is(method, pruned, prePruned))
                .findFirst();
    }

    public Optional<ScoreSet> scores(Scoring scoring) {
        return Optional.ofNullable(scores.get(scoring));
    }

    /** The compared score sets of a model, by their seeds. */
    public SortedMap<Long, ScoreSet> scores(String model) {
        SortedMap<Long, ScoreSet> sets = new TreeMap<>();
        if (experiment.hasScores()) {
            experiment.scorings(model).forEach(scoring -> scores(scoring)
                    .ifPresent(set -> sets.put(scoring.seed(), set)));
        }
        return sets;
    }

    /** How often runs of a cell selected each example, of those that know it, by seed. */
    public SortedMap<Long, double[]> times(Cell cell) {
        SortedMap<Long, double[]> times = new TreeMap<>();
        of(cell).forEach((seed, result) -> {
            if (result.times().length == result.examples() && result.examples() > 0) {
                times.put(seed, result.times());
            }
        });
        return times;
    }

    /** Usage and scores of the same examples. */
    record Pair(long seed, double[] times, double[] el2n) {}

    /** Usage under a cell, and the scores of its model: of the same seed where there are such, else of the first. */
    List<Pair> pairs(Cell cell) {
        SortedMap<Long, ScoreSet> sets = scores(cell.setting().model());
        List<Pair> pairs = new ArrayList<>();
        times(cell).forEach((seed, times) -> {
            ScoreSet set = sets.containsKey(seed) || sets.isEmpty() ? sets.get(seed) : sets.get(sets.firstKey());
            if (set != null && set.el2n().length == times.length) {
                pairs.add(new Pair(seed, times, set.el2n()));
            }
        });
        return pairs;
    }

    /** The cell of SB whose usage is compared with scores: half pruned, or else the first there is. */
    public Optional<Cell> selective() {
        Setting setting = experiment.setting();
        return plain(setting, Method.SELECTIVE, .5, 0).or(() -> cells(setting).stream()
                .filter(cell -> cell.method() == Method.SELECTIVE)
                .findFirst());
    }

    /** Share that diets drop: of the first one, or a quarter. */
    double dietShare() {
        return experiment.seedsOf().keySet().stream()
                .filter(cell -> cell.method().hasDiet() && cell.prePruned() > 0)
                .mapToDouble(Cell::prePruned)
                .findFirst()
                .orElse(.25);
    }

    /** Name of a class, as far as a run tells it. */
    String className(int label) {
        return all().stream()
                .filter(result -> label < result.classes().size())
                .map(result -> result.classes().get(label).name())
                .findFirst()
                .orElse("class " + label);
    }
}
