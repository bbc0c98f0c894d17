package org.dietsb.bench.cost;

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
import org.dietsb.bench.path.Journeys;
import org.dietsb.bench.path.MaskRoute;
import org.dietsb.bench.path.TrainerRoute;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.WrongUsage;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.SelectorGroup;
import org.dietsb.testbed.Spread;
import org.dietsb.trainer.model.ModelCatalog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the cost of an epoch under each policy, compared with the trainer alone and with the sum of the epoch's parts. */
@Command(
        name = "policy-cost",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measure the cost of an epoch under each policy, as a ratio to the trainer alone, without Kafka. The"
                        + " limit is the sum of the epoch's parts, each timed by itself in the same run: its selection"
                        + " passes, and its steps at the size they had. A row is marked 'missed' if it exceeds the limit"
                        + " by more than 5 %%.")
public final class PolicyCost implements Callable<Integer> {
    @Mixin
    private TurnOptions turns = new TurnOptions();

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            description = "measure only the policies whose row name contains this text (default: all)")
    private String only = "";

    @Option(
            names = "--proxy",
            paramLabel = "MODEL",
            description =
                    "also measure a run that is judged by the losses of this model, which is trained beside it in a"
                            + " process of its own. The reported cost is that of the large model's epochs. It is higher if"
                            + " the proxy has no cores of its own, so set --threads to half of the cores")
    private @Nullable String proxy;

    @InRange("[0, 3600]")
    @Option(
            names = "--warm-up",
            defaultValue = "20",
            paramLabel = "<seconds>",
            description = "time of masks without training, before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 20;

    private List<Cell> cells = List.of();

    @Mixin
    private BenchOptions options = new BenchOptions(5);

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        turns.check();
        if (proxy != null) {
            List<String> models = List.copyOf(ModelCatalog.names());
            WrongUsage.unless(models.contains(proxy), "--proxy", proxy, String.join(", ", models));
        }
        List<Cell> all = Cell.all(proxy);
        cells = all.stream().filter(cell -> cell.name().contains(only)).toList();
        if (cells.isEmpty()) {
            throw new WrongUsage("--only is " + only + ", which no row name contains; the rows are: "
                    + all.stream().map(Cell::name).collect(Collectors.joining("; ")));
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
            system.startSelector(SelectorGroup.NAME, 384);
            system.processes().awaitReady();
            progress.line("Warming up");
            // Thousands of masks, so that broker, selector and clients are compiled as in a run of hours.
            try (MaskRoute route = new TrainerRoute(system.bootstrapServers(), Turn.PARTITION, 128)) {
                Journeys.measured(route, 16, BenchOptions.time(warmUp), system);
            }
            turn.writeReference(system.bootstrapServers());
            turn.run(Cell.ALONE, system);
            turn.run(Cell.RECORDED, system);
            if (proxy != null) {
                system.processes()
                        .start(Launch.program(
                                "proxy",
                                ProxyTrainer.class,
                                ProxyTrainer.arguments(system.bootstrapServers(), proxy, turns)));
            }
            int done = 0;
            for (int round = 1; round <= options.rounds; round++) {
                // Each cell is measured early in some rounds and late in others; the base before, between and after
                // them.
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
                alone.add(EpochCost.mean(bases));
                turn.measure(parts, stepSizes(costs), scales());
                progress.line("Round " + round + " of " + options.rounds);
            }
        }
        return rows(alone, costs, parts);
    }

    private Set<Integer> stepSizes(Map<Cell, List<EpochCost>> costs) {
        Set<Integer> sizes = new TreeSet<>(Set.of(turns.batchSize));
        costs.values().forEach(rounds -> rounds.forEach(cost -> sizes.add(cost.stepSize())));
        return sizes;
    }

    private Set<Double> scales() {
        return cells.stream()
                .map(cell -> cell.policy().selectionScale())
                .collect(Collectors.toCollection(TreeSet::new));
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
                        ? Limit.sumOfParts(limit(cell, rounds, parts))
                        : Limit.atMost(1.005))));
        for (int size : stepSizes(costs)) {
            rows.add(part("part: a step of " + size, parts.step(size), step));
        }
        for (double scale : scales()) {
            rows.add(part("part: a selection pass, scale " + scale, parts.pass(scale), step));
        }
        return rows;
    }

    /** Returns the parts of the measured epochs as a share of the whole training set's cost in steps of whole batches. */
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
        Map<String, Double> cpu = new LinkedHashMap<>();
        rounds.forEach(cost -> cost.cpuSeconds().forEach((name, seconds) -> cpu.merge(name, seconds, Double::sum)));
        return new Row(cell.name(), Spread.of(ratios), limit)
                .with("s/epoch", median(rounds, cost -> cost.seconds() / cost.epochs()))
                .with("CPU s/epoch", median(rounds, cost -> cost.totalCpuSeconds() / (cost.epochs() + 1)))
                .with("step of", rounds.get(0).stepSize())
                .with("mask wait %", median(rounds, cost -> 100 * cost.maskWaitSeconds() / cost.seconds()))
                .with("cpuSeconds", cpu);
    }

    private static Row part(String name, Spread seconds, double base) {
        return new Row(name, new Spread(seconds.median() / base, seconds.min() / base, seconds.max() / base), null)
                .with("ms", 1e3 * seconds.median());
    }

    private static double median(List<EpochCost> rounds, ToDoubleFunction<EpochCost> figure) {
        return Spread.of(rounds, figure).median();
    }
}
