package org.dietsb.launcher.experiment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Methods, settings and seeds to be compared. Each setting has its baseline, and each method the baseline that may spend
 * what the method spends: both are added where they are not named.
 *
 * @param setting that of cells that name none
 * @param seedsOf each cell and its seeds, in the order of the file
 * @param scoringModels models whose scores are compared; the first is that of the setting
 * @param scoringSeeds a score set each
 * @param dataDir folder of the dataset; null = where the trainer looks for it
 */
public record Experiment(
        String title,
        Setting setting,
        Recipe recipe,
        Map<Cell, List<Long>> seedsOf,
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
        scoringModels = List.copyOf(scoringModels);
        scoringSeeds = List.copyOf(scoringSeeds);
    }

    /** Every setting, its own first. */
    public List<Setting> settings() {
        Set<Setting> settings = new LinkedHashSet<>();
        seedsOf.keySet().forEach(cell -> settings.add(cell.setting()));
        return List.copyOf(settings);
    }

    /** The cells of a setting that are no control, baseline first. */
    public List<Cell> cells(Setting of) {
        return seedsOf.keySet().stream()
                .filter(cell -> cell.setting().equals(of))
                .toList();
    }

    /** Whether there is something to compare scores for. */
    public boolean hasScores() {
        return scoringMembers > 0;
    }

    /**
     * Every run of it, controls included: all of the first seed, then all of the second.
     *
     * @param measured passes an epoch of a cell, where they are known from its runs alone; empty = not yet, and its control
     *     must wait
     */
    public List<Wanted> runs(Function<Cell, OptionalDouble> measured) {
        Map<Cell, Set<Long>> all = new LinkedHashMap<>();
        seedsOf.forEach((cell, seeds) -> {
            add(all, cell, seeds);
            OptionalDouble passes = cell.passesPerEpoch();
            (passes.isPresent() ? passes : measured.apply(cell)).ifPresent(each -> {
                if (cell.method() != Method.BASELINE) {
                    add(all, control(cell, each), seeds);
                }
            });
        });
        Set<Long> seeds = new TreeSet<>();
        all.values().forEach(seeds::addAll);
        List<Wanted> runs = new ArrayList<>();
        for (long seed : seeds) {
            all.forEach((cell, its) -> {
                if (its.contains(seed)) {
                    runs.add(wanted(cell, seed));
                }
            });
        }
        return runs;
    }

    private Wanted wanted(Cell cell, long seed) {
        Cell replayed = cell.replayed();
        return new Wanted(
                cell,
                seed,
                recipe,
                cell.needsScores() ? scoring(cell, seed) : null,
                replayed == null ? null : wanted(replayed, seedAfter(cell, seed)),
                dataDir);
    }

    /** Another seed of the cell, the next one, if it has several. */
    private long seedAfter(Cell cell, long seed) {
        List<Long> seeds = seedsOf.getOrDefault(cell, List.of(seed));
        return seeds.get((seeds.indexOf(seed) + 1) % seeds.size());
    }

    /** Whether a run of it has a proxy, and so takes two trainers. */
    public boolean hasProxies() {
        return seedsOf.keySet().stream().anyMatch(cell -> cell.variation().hasProxy());
    }

    /** The baseline that may spend what this cell spends. */
    public static Cell control(Cell cell, double passesPerEpoch) {
        return Cell.sameCost(cell.setting(), passesPerEpoch * cell.setting().epochs());
    }

    private static void add(Map<Cell, Set<Long>> all, Cell cell, Collection<Long> seeds) {
        all.computeIfAbsent(cell, missing -> new TreeSet<>()).addAll(seeds);
    }

    /** The scores that a run goes by: of its own seed, or of one of those there are. */
    private Scoring scoring(Cell cell, long seed) {
        int own = scoringSeeds.indexOf(seed);
        int place = own >= 0
                ? own
                : Math.max(0, List.copyOf(seedsOf.getOrDefault(cell, List.of())).indexOf(seed)) % scoringSeeds.size();
        String scoresOf = cell.variation().scoresOf();
        String model = scoresOf == null ? cell.setting().model() : scoresOf;
        return scoring(cell.setting(), model, scoringSeeds.get(place));
    }

    private Scoring scoring(Setting of, String model, long seed) {
        Setting scored = new Setting(of.dataset(), of.limit(), model, of.epochs());
        return new Scoring(scored, recipe, scoringMembers, scoringEpochs, seed, dataDir);
    }

    /** Every scoring: those that runs go by, and those that are compared. */
    public Set<Scoring> scorings() {
        Set<Scoring> scorings = new LinkedHashSet<>();
        if (hasScores()) {
            for (String model : scoringModels) {
                scoringSeeds.forEach(seed -> scorings.add(scoring(setting, model, seed)));
            }
        }
        for (Wanted run : runs(cell -> OptionalDouble.empty())) {
            if (run.scoring() != null) {
                scorings.add(run.scoring());
            }
        }
        return scorings;
    }

    /** The compared scorings of a model, one a seed. */
    public List<Scoring> scorings(String model) {
        return scoringSeeds.stream().map(seed -> scoring(setting, model, seed)).toList();
    }
}
