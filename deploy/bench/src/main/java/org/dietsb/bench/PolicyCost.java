package org.dietsb.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.WrongUsage;
import org.dietsb.trainer.model.ModelCatalog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an epoch costs under each policy, beside the trainer alone and beside the sum of its own parts. */
@Command(
        name = "policy-cost",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "What an epoch costs under each policy, as a ratio to the trainer alone, without Kafka. The limit is"
                    + " the sum of the epoch's own parts, each timed by itself in the same run: its selection passes,"
                    + " and its steps at the size they had. 'missed' is said from 5 %% above it.")
final class PolicyCost implements Callable<Integer> {
    @Mixin
    private TurnOptions turns = new TurnOptions();

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "measure the policies alone whose row's name contains this (default: all)")
    private String only = "";

    @Option(
            names = "--proxy",
            paramLabel = "MODEL",
            description =
                    "also measure a run that is judged by the losses of this model, trained beside it in a process of"
                            + " its own: the cost is that of the large model's epochs, and more where the proxy has no"
                            + " cores of its own, so let --threads be half of them")
    private @Nullable String proxy;

    @Option(
            names = "--warm-up",
            defaultValue = "20",
            paramLabel = "<seconds>",
            description = "of masks alone, before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 20;

    private List<Cell> cells = List.of();

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        turns.check();
        WrongUsage.unless(warmUp >= 0 && warmUp <= 3_600, "--warm-up", warmUp, "[0, 3600]");
        if (proxy != null && !ModelCatalog.names().contains(proxy)) {
            throw new WrongUsage("--proxy is " + proxy + ", allowed is " + String.join(", ", ModelCatalog.names()));
        }
        cells = Cell.all(proxy).stream()
                .filter(cell -> cell.name().contains(only))
                .toList();
        if (cells.isEmpty()) {
            throw new WrongUsage("--only is " + only + ", which is part of no row's name; the rows are: "
                    + Cell.all(proxy).stream().map(Cell::name).collect(Collectors.joining("; ")));
        }
        Turn turn = turns.open();
        options.publish(new Report(Machine.words() + ", " + turn.device(), measured(turn)));
        return 0;
    }

    private List<Row> measured(Turn turn) throws InterruptedException {
        Map<Cell, List<EpochCost>> costs = new LinkedHashMap<>();
        List<EpochCost> alone = new ArrayList<>();
        StepParts parts = new StepParts(turns.batchSize);
        try (PrivateSystem system = PrivateSystem.start();
                Progress progress = Progress.onStandardError("policy-cost")) {
            system.startSelector("selector");
            system.awaitReady();
            progress.line("Warming up");
            warmUp(system);
            turn.run(Cell.ALONE, system);
            turn.run(Cell.RECORDED, system);
            if (proxy != null) {
                system.startProgram(
                        "proxy", Bench.class, ProxyTrainer.arguments(system.bootstrapServers(), proxy, turns));
            }
            int done = 0;
            for (int round = 1; round <= options.rounds; round++) {
                // Each is measured early in some rounds and late in others; the base before, between and after them.
                List<Cell> order = new ArrayList<>(cells);
                Collections.rotate(order, round * 5);
                order.add(order.size() / 2, Cell.ALONE);
                order.add(0, Cell.ALONE);
                order.add(Cell.ALONE);
                List<EpochCost> bases = new ArrayList<>();
                for (Cell cell : order) {
                    progress.to(
                            (double) done++ / (options.rounds * order.size()),
                            "round " + round + " of " + options.rounds + ", " + cell.name());
                    EpochCost cost = turn.run(cell, system);
                    if (cell.overKafka()) {
                        costs.computeIfAbsent(cell, any -> new ArrayList<>()).add(cost);
                    } else {
                        bases.add(cost);
                    }
                }
                alone.add(mean(bases));
                turn.measure(parts, stepSizes(costs), scales());
                progress.line("Round " + round + " of " + options.rounds);
            }
        }
        return rows(alone, costs, parts);
    }

    /** Masks by the thousand, so that broker, selector and clients are compiled as they are in a run of hours. */
    private void warmUp(PrivateSystem system) throws InterruptedException {
        try (MaskRoute route = new TrainerRoute(system.bootstrapServers(), OpenRun.PARTITION, 128)) {
            Journeys.measured(route, 16, Duration.ofNanos((long) (warmUp * 1e9)), system);
        }
    }

    private static EpochCost mean(List<EpochCost> some) {
        EpochCost first = some.get(0);
        ToDoubleFunction<ToDoubleFunction<EpochCost>> mean =
                figure -> some.stream().mapToDouble(figure).average().orElseThrow();
        return new EpochCost(
                mean.applyAsDouble(EpochCost::seconds),
                mean.applyAsDouble(EpochCost::maskWaitSeconds),
                first.steps(),
                first.backwardExamples(),
                first.selectionExamples(),
                first.epochs(),
                Map.of("bench", mean.applyAsDouble(EpochCost::totalCpuSeconds)));
    }

    private Set<Integer> stepSizes(Map<Cell, List<EpochCost>> costs) {
        Set<Integer> sizes = new TreeSet<>(Set.of(turns.batchSize));
        costs.values().forEach(rounds -> rounds.forEach(cost -> sizes.add(cost.stepSize())));
        return sizes;
    }

    private Set<Double> scales() {
        Set<Double> scales = new TreeSet<>();
        cells.forEach(cell -> scales.add(cell.policy().selectionScale()));
        return scales;
    }

    private List<Row> rows(List<EpochCost> alone, Map<Cell, List<EpochCost>> costs, StepParts parts) {
        double step = parts.step(turns.batchSize).median();
        List<Row> rows = new ArrayList<>();
        rows.add(row(Cell.ALONE, alone, alone, null));
        costs.forEach((cell, rounds) -> rows.add(row(
                cell,
                alone,
                rounds,
                cell.policy().kind().prunes() || cell.policy().kind().hasDiet()
                        ? new Limit.Parts(limit(cell, rounds, parts))
                        : new Limit.AtMost(1.02))));
        for (int size : stepSizes(costs)) {
            rows.add(part("part: a step of " + size, parts.step(size), step));
        }
        for (double scale : scales()) {
            rows.add(part("part: a selection pass, scale " + scale, parts.pass(scale), step));
        }
        return rows;
    }

    /** The parts of the epochs that were run, as a share of what the whole training set costs in steps of whole batches. */
    private double limit(Cell cell, List<EpochCost> rounds, StepParts parts) {
        EpochCost cost = rounds.get(rounds.size() - 1);
        double passes = (double) cost.selectionExamples()
                / turns.batchSize
                * parts.pass(cell.policy().selectionScale()).median();
        double steps = (double) cost.backwardExamples()
                / cost.stepSize()
                * parts.step(cost.stepSize()).median();
        return (passes + steps)
                / (turns.batches * cost.epochs() * parts.step(turns.batchSize).median());
    }

    private Row row(Cell cell, List<EpochCost> alone, List<EpochCost> rounds, @Nullable Limit limit) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds.size(); round++) {
            ratios.add(rounds.get(round).seconds() / alone.get(round).seconds());
        }
        EpochCost first = rounds.get(0);
        Spread ratio = Spread.of(ratios);
        Row row = new Row(cell.name(), ratio, limit)
                .with("s/epoch", median(rounds, cost -> cost.seconds() / cost.epochs()))
                .with("CPU s/epoch", median(rounds, cost -> cost.totalCpuSeconds() / (cost.epochs() + 1)))
                .with("step of", first.stepSize())
                .with("mask wait %", median(rounds, cost -> 100 * cost.maskWaitSeconds() / cost.seconds()));
        Map<String, Double> cpu = new LinkedHashMap<>();
        rounds.forEach(cost -> cost.cpuSeconds().forEach((name, seconds) -> cpu.merge(name, seconds, Double::sum)));
        return row.with("cpuSeconds", cpu);
    }

    private static Row part(String name, Spread seconds, double base) {
        return new Row(name, new Spread(seconds.median() / base, seconds.min() / base, seconds.max() / base), null)
                .with("ms", 1e3 * seconds.median());
    }

    private static double median(List<EpochCost> rounds, ToDoubleFunction<EpochCost> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
    }
}
