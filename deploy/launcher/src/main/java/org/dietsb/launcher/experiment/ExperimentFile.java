package org.dietsb.launcher.experiment;

import java.io.StringReader;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads experiments.
 *
 * @param datasets names of all datasets
 * @param models names of all models
 */
public record ExperimentFile(List<String> datasets, List<String> models) {
    private static final Pattern OWN = Pattern.compile("own:([1-9]\\d{0,2}|1000)");
    private static final Pattern LOSSES = Pattern.compile("fresh|stale:([1-9]\\d{0,2}|1000)");
    private static final String PROXY = "proxy:";
    private static final String NO_CONTROLS = "none";
    /** All kinds but random-like, which only controls use, and rho, whose reference would be a run outside the experiment. */
    private static final List<String> METHODS = Arrays.stream(PolicyKind.values())
            .filter(kind -> kind != PolicyKind.RANDOM_LIKE && kind != PolicyKind.RHO)
            .map(PolicyKind::label)
            .toList();

    private static final int MOST_EPOCHS = 100_000;
    private static final int MOST_RUNS = 10_000;

    /** Copies its lists. */
    public ExperimentFile {
        datasets = List.copyOf(datasets);
        models = List.copyOf(models);
    }

    /**
     * Reads an experiment.
     *
     * @param name of the file, for error messages
     * @param dataDir folder of the dataset; null = wherever the trainer finds it
     * @throws WrongUsage with line and key, if the experiment is invalid
     */
    public Experiment read(String name, String yaml, @Nullable String dataDir) {
        Entry file = new Entry(name, "", tree(name, yaml));
        String title = file.text("title", name);
        Setting setting = setting(file, new Setting("fashion-mini", 0, "resnet8", 10));
        List<Long> seeds = file.seeds("seeds", List.of(1L));
        Recipe recipe = recipe(file.entry("recipe"), setting.epochs());
        Entry scoring = file.entry("scoring");
        Set<Control.Wish> controls = controls(file, Control.Wish.ALL);
        Map<Cell, List<Long>> seedsOf = new LinkedHashMap<>();
        Map<Cell, Set<Control.Wish>> controlsOf = new LinkedHashMap<>();
        for (Entry cell : file.entries("cells")) {
            Set<Control.Wish> its = controls(cell, controls);
            add(cell, setting, seeds, seedsOf).forEach(one -> controlsOf.put(one, its));
        }
        file.end();
        // Each cell has two controls at most.
        long most = 3 * seedsOf.values().stream().mapToLong(List::size).sum();
        if (most > MOST_RUNS) {
            throw file.wrong("cells and seeds make up to " + most + " runs, allowed are " + MOST_RUNS);
        }
        seedsOf.forEach((cell, its) -> {
            Cell replayed = cell.replayed();
            if (replayed != null
                    && !Set.copyOf(seedsOf.getOrDefault(replayed, List.of())).containsAll(its)) {
                throw file.wrong("cells has " + cell.title() + ", which needs " + replayed.title() + ", "
                        + replayed.setting() + ", with the same seeds to replay its masks");
            }
        });
        withBaselines(seedsOf);
        boolean scored = seedsOf.keySet().stream().anyMatch(Cell::needsScores);
        if (scored && scoring == null) {
            throw file.wrong("scoring is missing: a diet uses scores");
        }
        if (scoring == null) {
            return new Experiment(title, setting, recipe, seedsOf, controlsOf, 0, 0, List.of(), List.of(), dataDir);
        }
        int fewestEpochs = seedsOf.keySet().stream()
                .mapToInt(cell -> cell.setting().epochs())
                .min()
                .orElse(setting.epochs());
        Experiment experiment = new Experiment(
                title,
                setting,
                recipe,
                seedsOf,
                controlsOf,
                scoring.whole("members", 2, 1, 100),
                scoring.whole("epochs", Math.min(2, fewestEpochs), 1, fewestEpochs),
                scoring.words("models", List.of(setting.model()), models),
                scoringSeeds(scoring, seeds),
                dataDir);
        scoring.end();
        if (!experiment.scoringModels().get(0).equals(setting.model())) {
            throw scoring.wrong("models is " + experiment.scoringModels() + ", allowed is a list that begins with "
                    + setting.model() + ", the model of the experiment");
        }
        return experiment;
    }

    private static Set<Control.Wish> controls(Entry entry, Set<Control.Wish> otherwise) {
        List<String> usual = otherwise.stream().map(Label::of).toList();
        List<String> words = entry.words(
                "controls", usual.isEmpty() ? List.of(NO_CONTROLS) : usual, List.of("cost", "random", NO_CONTROLS));
        if (words.contains(NO_CONTROLS)) {
            if (words.size() > 1) {
                throw entry.wrong(
                        "controls is " + String.join(", ", words) + ", allowed is none, or cost, random, or both");
            }
            return Set.of();
        }
        return words.stream()
                .map(word -> word.equals("cost") ? Control.Wish.COST : Control.Wish.RANDOM)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Control.Wish.class)));
    }

    private static List<Long> scoringSeeds(Entry scoring, List<Long> otherwise) {
        List<Long> seeds = scoring.seeds("seeds", otherwise);
        if (seeds.size() > MOST_RUNS) {
            throw scoring.wrong("seeds has " + seeds.size() + " values, allowed are " + MOST_RUNS);
        }
        return seeds;
    }

    private static Node tree(String name, String yaml) {
        try {
            Node tree = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
            if (tree == null) {
                throw new WrongUsage(name + " is empty");
            }
            return tree;
        } catch (MarkedYAMLException noYaml) {
            int line = noYaml.getProblemMark() == null
                    ? 1
                    : noYaml.getProblemMark().getLine() + 1;
            throw new WrongUsage(name + ", line " + line + ": not YAML, " + noYaml.getProblem());
        } catch (YAMLException beyond) {
            // A bound of the reader, such as that of aliases, or a character that YAML does not allow.
            throw new WrongUsage(name + " is no experiment: " + firstLine(beyond));
        }
    }

    private static String firstLine(YAMLException failed) {
        return String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
    }

    private Setting setting(Entry entry, Setting otherwise) {
        return new Setting(
                entry.word("dataset", otherwise.dataset(), datasets),
                entry.whole("limit", otherwise.limit(), 0, Integer.MAX_VALUE),
                entry.word("model", otherwise.model(), models),
                entry.whole("epochs", otherwise.epochs(), 1, MOST_EPOCHS));
    }

    private static Recipe recipe(@Nullable Entry given, int epochs) {
        Recipe usual = new Recipe(128, 4, .1, "cosine", 0, .9, 5e-4, null);
        if (given == null) {
            return usual;
        }
        Recipe recipe = new Recipe(
                given.whole("batchSize", usual.batchSize(), 1, 65_536),
                given.whole("window", usual.window(), 1, 64),
                given.number("learningRate", usual.learningRate(), "(0, 1000000)"),
                given.word("schedule", usual.schedule(), List.of("cosine", "step", "constant")),
                given.number("warmupEpochs", 0, "[0, " + epochs + ")"),
                given.number("momentum", usual.momentum(), "[0, 1)"),
                given.number("weightDecay", usual.weightDecay(), "[0, 1)"),
                given.word("augment", List.of("crop,flip", "crop", "flip", "none")));
        given.end();
        return recipe;
    }

    /** Adds the cells of an entry, and returns them. */
    private List<Cell> add(Entry entry, Setting usual, List<Long> usualSeeds, Map<Cell, List<Long>> seedsOf) {
        String word = entry.word("method", METHODS);
        if (word == null) {
            throw entry.wrong("method is missing");
        }
        PolicyKind method = Arrays.stream(PolicyKind.values())
                .filter(one -> one.toString().equals(word))
                .findFirst()
                .orElseThrow();
        Setting setting = setting(entry, usual);
        List<Long> seeds = entry.seeds("seeds", usualSeeds);
        List<Cell> cells = cells(entry, method, setting);
        entry.end();
        for (Cell cell : cells) {
            if (seedsOf.put(cell, seeds) != null) {
                throw entry.wrong(cell.title() + " occurs twice");
            }
        }
        return cells;
    }

    private List<Cell> cells(Entry entry, PolicyKind method, Setting setting) {
        Variation variation = variation(entry, method, setting.epochs());
        if (method == PolicyKind.DIET) {
            return entry.numbers("prePruned", List.of(.25), "[0, 1)").stream()
                    .map(share -> new Cell(setting, method, share, share, variation, null))
                    .toList();
        }
        double prePruned = method.hasDiet() ? entry.number("prePruned", .25, "[0, 1)") : 0;
        return pruned(entry, method, prePruned).stream()
                .map(share -> new Cell(setting, method, share, prePruned, variation, null))
                .toList();
    }

    private static List<Double> pruned(Entry entry, PolicyKind method, double prePruned) {
        if (method.selects()) {
            return entry.numbers(
                    "pruned",
                    List.of(.5),
                    "[" + prePruned + ", 1): of all examples" + (method.hasDiet() ? ", including the diet" : ""));
        }
        if (method.hasKeep()) {
            String ofWhat = method.keepsOfAll() ? "all examples" : "the examples below the mean loss";
            return entry.numbers("pruned", List.of(.5), "[0, 1): of " + ofWhat);
        }
        return List.of(0.0);
    }

    private @Nullable String scoresOf(Entry entry, int epochs) {
        return entry.word(
                "scoresOf",
                scores -> models.contains(scores)
                        || (OWN.matcher(scores).matches()
                                && Integer.parseInt(scores.substring("own:".length())) < epochs),
                "one of " + String.join(", ", models) + ", or own:N, N in [1, " + (epochs - 1) + "]");
    }

    private Variation variation(Entry entry, PolicyKind method, int epochs) {
        Variation plain = Variation.PLAIN;
        boolean byLoss = method.byLoss();
        boolean diet = method.hasDiet();
        return new Variation(
                byLoss ? entry.word("rule", plain.rule(), List.of("rank", "percentile")) : plain.rule(),
                method.selects()
                        ? entry.word("batching", plain.batching(), List.of("shrink", "accumulate"))
                        : plain.batching(),
                byLoss
                        ? Objects.requireNonNullElse(
                                entry.word(
                                        "losses",
                                        losses -> LOSSES.matcher(losses).matches()
                                                || (losses.startsWith(PROXY)
                                                        && models.contains(losses.substring(PROXY.length()))),
                                        "fresh, stale:N, N in [1, 1000], or proxy:MODEL"),
                                plain.losses())
                        : plain.losses(),
                byLoss ? entry.number("selectionScale", 1, "[1/4, 1]") : 1,
                diet && entry.flag("balanced"),
                diet ? entry.word("order", plain.order(), List.of("lowest", "random", "highest")) : plain.order(),
                diet ? scoresOf(entry, epochs) : null,
                method == PolicyKind.REPLAY ? entry.word("masksOf", models) : null,
                numbers(entry, method));
    }

    private static Map<Parameter, Double> numbers(Entry entry, PolicyKind method) {
        Map<Parameter, Double> numbers = new EnumMap<>(Parameter.class);
        for (Parameter number : method.parameters()) {
            double value = entry.number(number.label(), number.usualNumber(), number::allows, number.allowed());
            if (value != number.usualNumber()) {
                numbers.put(number, value);
            }
        }
        return numbers;
    }

    /** Puts the baseline of each setting first, with the seeds of all its cells. */
    private static void withBaselines(Map<Cell, List<Long>> seedsOf) {
        Map<Cell, TreeSet<Long>> baselines = new LinkedHashMap<>();
        seedsOf.forEach((cell, seeds) -> baselines
                .computeIfAbsent(Cell.baseline(cell.setting()), missing -> new TreeSet<>())
                .addAll(seeds));
        Map<Cell, List<Long>> rest = new LinkedHashMap<>(seedsOf);
        seedsOf.clear();
        baselines.forEach((cell, seeds) -> seedsOf.put(cell, List.copyOf(seeds)));
        rest.forEach(seedsOf::putIfAbsent);
    }
}
