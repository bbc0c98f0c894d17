package org.dietsb.launcher.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.dietsb.contracts.policy.PolicyKind;
import org.jspecify.annotations.Nullable;

/**
 * Methods, settings and seeds to compare. Each setting has its baseline, and each method the controls that the experiment wants. They
 * are added if they are not named.
 *
 * @param setting setting of the cells that name none
 * @param seedsOf each cell with its seeds, in the order of the file
 * @param controlsOf the controls of each cell; those that are not there have none
 * @param scoringModels models whose scores are compared, beginning with that of the setting
 * @param scoringSeeds one score set each
 * @param dataDir folder of the dataset; null = wherever the trainer finds it
 */
public record Experiment(
        String title,
        Setting setting,
        Recipe recipe,
        Map<Cell, List<Long>> seedsOf,
        Map<Cell, Set<Control.Wish>> controlsOf,
        int scoringMembers,
        int scoringEpochs,
        List<String> scoringModels,
        List<Long> scoringSeeds,
        @Nullable String dataDir) {

    /** Copies its collections. */
    public Experiment {
        Map<Cell, List<Long>> copy = new LinkedHashMap<>();
        seedsOf.forEach((cell, seeds) -> copy.put(cell, List.copyOf(seeds)));
        seedsOf = Collections.unmodifiableMap(copy);
        controlsOf = Map.copyOf(controlsOf);
        scoringModels = List.copyOf(scoringModels);
        scoringSeeds = List.copyOf(scoringSeeds);
    }

    /** Returns every setting, in the order of the cells. */
    public List<Setting> settings() {
        Set<Setting> settings = new LinkedHashSet<>();
        seedsOf.keySet().forEach(cell -> settings.add(cell.setting()));
        return List.copyOf(settings);
    }

    /** Returns the cells of a setting without controls, baseline first. */
    public List<Cell> cells(Setting of) {
        return seedsOf.keySet().stream()
                .filter(cell -> cell.setting().equals(of))
                .toList();
    }

    public boolean hasScores() {
        return scoringMembers > 0;
    }

    /**
     * Returns every run, including controls: all of the first seed, then all of the second.
     *
     * @param measured returns the passes per epoch of a cell whose cost only its runs can tell; empty = not known yet, so that
     *     the control is left out
     */
    public List<Wanted> runs(Function<Cell, OptionalDouble> measured) {
        Places places = new Places(this);
        Map<Cell, Set<Long>> all = new LinkedHashMap<>();
        seedsOf.forEach((cell, seeds) -> {
            add(all, cell, seeds);
            if (wants(cell, Control.Wish.COST)) {
                OptionalDouble passes = cell.passesPerEpoch();
                (passes.isPresent() ? passes : measured.apply(cell))
                        .ifPresent(each -> add(all, equalCost(cell, each), seeds));
            }
            if (wants(cell, Control.Wish.RANDOM)) {
                add(all, cell.randomLike(), seeds);
            }
        });
        Set<Long> seeds = new TreeSet<>();
        all.values().forEach(seeds::addAll);
        List<Wanted> runs = new ArrayList<>();
        for (long seed : seeds) {
            all.forEach((cell, its) -> {
                if (its.contains(seed)) {
                    runs.add(wanted(cell, seed, places));
                }
            });
        }
        return runs;
    }

    /** Whether a method gets a control of this kind. */
    public boolean wants(Cell cell, Control.Wish wish) {
        boolean has = wish == Control.Wish.COST ? cell.method() != PolicyKind.BASELINE : cell.chooses();
        return has && controlsOf.getOrDefault(cell, Set.of()).contains(wish);
    }

    /** Returns the control of equal cost of a method that costs so many passes per epoch. */
    public Cell equalCost(Cell cell, double passesPerEpoch) {
        return cell.equalCost(passesPerEpoch, recipe.batchSize());
    }

    /** The places of seeds among those of each cell and of the scorings. */
    private static final class Places {
        private final Map<Long, Integer> scored;
        private final Map<Cell, Map<Long, Integer>> ofCells = new HashMap<>();

        Places(Experiment experiment) {
            scored = places(experiment.scoringSeeds);
            experiment.seedsOf.forEach((cell, seeds) -> ofCells.put(cell, places(seeds)));
        }

        private static Map<Long, Integer> places(List<Long> seeds) {
            Map<Long, Integer> places = new HashMap<>();
            seeds.forEach(seed -> places.put(seed, places.size()));
            return places;
        }

        int of(Cell cell, long seed) {
            return ofCells.getOrDefault(cell, Map.of()).getOrDefault(seed, 0);
        }
    }

    private Wanted wanted(Cell cell, long seed, Places places) {
        Cell replayed = cell.replayed();
        int place = places.of(cell, seed);
        // A control uses the run that it controls, a replay that of another seed.
        long replayedSeed = cell.isControl() ? seed : seedAfter(cell, seed, place);
        return new Wanted(
                cell,
                seed,
                recipe,
                cell.needsScores()
                        ? scoring(cell, places.scored.getOrDefault(seed, place % scoringSeeds.size()))
                        : null,
                replayed == null ? null : wanted(replayed, replayedSeed, places),
                dataDir);
    }

    /** Returns the next seed of the cell, which differs if it has several. */
    private long seedAfter(Cell cell, long seed, int place) {
        List<Long> seeds = seedsOf.getOrDefault(cell, List.of(seed));
        return seeds.get((place + 1) % seeds.size());
    }

    /** Whether a run has a proxy and so needs two trainers. */
    public boolean hasProxies() {
        return seedsOf.keySet().stream().anyMatch(cell -> cell.variation().hasProxy());
    }

    /** Returns the cost of a score set in passes over the training set: training, and the scoring pass of each member. */
    public double scoringPasses() {
        return scoringMembers * (scoringEpochs + 1 / 3.0);
    }

    private static void add(Map<Cell, Set<Long>> all, Cell cell, Collection<Long> seeds) {
        all.computeIfAbsent(cell, missing -> new TreeSet<>()).addAll(seeds);
    }

    private Scoring scoring(Cell cell, int place) {
        String scoresOf = cell.variation().scoresOf();
        String model = scoresOf == null ? cell.setting().model() : scoresOf;
        return scoring(cell.setting(), model, scoringSeeds.get(place));
    }

    private Scoring scoring(Setting of, String model, long seed) {
        return new Scoring(of.with(model), recipe, scoringMembers, scoringEpochs, seed, dataDir);
    }

    /** Returns every scoring: those that runs use, and those that are compared. */
    public Set<Scoring> scorings() {
        Set<Scoring> scorings = new LinkedHashSet<>();
        if (hasScores()) {
            scoringModels.forEach(model -> scorings.addAll(scorings(model)));
        }
        for (Wanted run : runs(cell -> OptionalDouble.empty())) {
            if (run.scoring() != null) {
                scorings.add(run.scoring());
            }
        }
        return scorings;
    }

    /** Returns the compared scorings of a model, one per seed. */
    public List<Scoring> scorings(String model) {
        return scoringSeeds.stream().map(seed -> scoring(setting, model, seed)).toList();
    }
}
