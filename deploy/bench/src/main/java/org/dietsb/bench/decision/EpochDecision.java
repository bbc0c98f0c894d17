package org.dietsb.bench.decision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.SelectorGroup;
import org.dietsb.testbed.Spread;
import org.dietsb.trainer.mask.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what an epoch of a large training set costs its selector and the other runs there. */
@Command(
        name = "epoch-decision",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measure epochs of a large training set under diet, each policy that judges by epoch, selective and replay, with a simulated"
                        + " trainer: the selector's CPU seconds from the question to the mask, its live heap per example, and the"
                        + " 99th percentile of another run's round trips meanwhile, to that of an undisturbed one. Every mask is"
                        + " compared with the pure rule.")
public final class EpochDecision implements Callable<Integer> {
    private static final int PARTITIONS = 2;
    private static final double LIMIT_SECONDS = 1.5;
    private static final double LIMIT_P99 = 2;
    private static final double LIMIT_BYTES = 16;
    /** Batches of a policy whose batches are all trained whole. */
    private static final int FEW = 3;

    @InRange("[1, 16777216]")
    @Option(
            names = "--examples",
            paramLabel = "N",
            description = "size of the training set; ImageNet-21k by default (default ${DEFAULT-VALUE})")
    private int examples = 14_197_122;

    @InRange("[2, 100]")
    @Option(names = "--epochs", paramLabel = "E", description = "epochs of each run (default ${DEFAULT-VALUE})")
    private int epochs = 3;

    @InRange("[1, 2147483647]")
    @Option(
            names = "--batches",
            paramLabel = "B",
            description = "maximum number of batches of 65,536 that are trained of an epoch (default: all)")
    private int batches = Integer.MAX_VALUE;

    @InRange("[64, 1048576]")
    @Option(names = "--heap", paramLabel = "<MiB>", description = "heap of the selector (default ${DEFAULT-VALUE})")
    private int heap = 512;

    @InRange("(0, 3600]")
    @Option(
            names = "--warm-up",
            defaultValue = "20",
            paramLabel = "<seconds>",
            description = "time of another run's batches before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 20;

    @InRange("(0, 3600]")
    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "time of another run's batches, undisturbed, in each round (default ${DEFAULT-VALUE})")
    private double seconds = 10;

    @Mixin
    private BenchOptions options = new BenchOptions(3);

    private final Map<String, List<Double>> cpuSeconds = new LinkedHashMap<>();
    private final Map<String, List<Double>> wallSeconds = new LinkedHashMap<>();
    private final Map<String, List<Double>> ratios = new LinkedHashMap<>();
    private final Map<String, List<Double>> p99s = new LinkedHashMap<>();
    private final Map<String, List<Double>> bytes = new LinkedHashMap<>();
    private OptionalLong heapBefore = OptionalLong.empty();
    private long checked;

    /**
     * The other run while no large one is there.
     *
     * @param cpuOfMask CPU seconds that the selector takes for one of its masks
     */
    private record Undisturbed(double p99Millis, double cpuOfMask) {}

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        try (Progress progress = Progress.onStandardError("epoch-decision");
                PrivateSystem system = SelectorGroup.start(PARTITIONS, 1, heap);
                OtherRun other = new OtherRun(system.bootstrapServers(), 1)) {
            Thread.sleep(BenchOptions.time(warmUp).toMillis());
            heapBefore = LiveHeap.bytes();
            for (int round = 1; round <= options.rounds; round++) {
                round(round, system, other, progress);
            }
        }
        System.out.println(checked + " masks of " + examples + " examples are those of the rules");
        options.publish(new Report(Machine.words(), "value", rows()));
        return 0;
    }

    private void round(int round, PrivateSystem system, OtherRun other, Progress progress) throws InterruptedException {
        Map<String, Duration> cpu = system.cpuTimes();
        long from = System.nanoTime();
        Thread.sleep(BenchOptions.time(seconds).toMillis());
        long until = System.nanoTime();
        List<Double> millis = other.millis(List.of(new long[] {from, until}));
        Undisturbed undisturbed = new Undisturbed(OtherRun.p99(millis), selectorSeconds(system, cpu) / millis.size());
        add(p99s, "undisturbed", undisturbed.p99Millis);
        PureRule selective = null;
        for (Policy policy : policies("selective-" + round)) {
            String name = policy.kind().label();
            progress.line("round " + round + " of " + options.rounds + ": " + name);
            try (LargeRun run = new LargeRun(
                    name + "-" + round,
                    policy,
                    examples,
                    epochs,
                    0,
                    policy.kind() == PolicyKind.REPLAY ? selective : null,
                    system.bootstrapServers())) {
                measure(run, policy, undisturbed, system, other);
                checked += run.checked();
                selective = policy.kind() == PolicyKind.SELECTIVE ? run.rule() : selective;
            }
        }
    }

    /** Returns the policies of a round; the run of the selective one is replayed. */
    private static List<Policy> policies(String replayed) {
        return List.of(
                Policy.ofKind(PolicyKind.DIET)
                        .prePruned(.25)
                        .order(Policy.DietOrder.RANDOM)
                        .build(),
                Policy.ofKind(PolicyKind.INFOBATCH).build(),
                Policy.ofKind(PolicyKind.REPB).build(),
                Policy.ofKind(PolicyKind.ORDERDP).build(),
                Policy.ofKind(PolicyKind.RS2).build(),
                Policy.ofKind(PolicyKind.PROGRESSIVE).build(),
                Policy.ofKind(PolicyKind.SETA).build(),
                Policy.ofKind(PolicyKind.SELECTIVE).build(),
                Policy.ofKind(PolicyKind.REPLAY).of(replayed).build());
    }

    /** Returns the CPU time that the selector has taken since then. */
    private static double selectorSeconds(PrivateSystem system, Map<String, Duration> since) {
        return system.cpuSecondsSince(since).entrySet().stream()
                .filter(process -> process.getKey().startsWith(SelectorGroup.NAME))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private void measure(LargeRun run, Policy policy, Undisturbed undisturbed, PrivateSystem system, OtherRun other)
            throws InterruptedException {
        String name = policy.kind().label();
        List<long[]> stretches = new ArrayList<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            Map<String, Duration> cpu = system.cpuTimes();
            long asked = System.nanoTime();
            Answer.EpochMask mask = run.openEpoch(epoch);
            long answered = System.nanoTime();
            stretches.add(new long[] {asked, answered});
            double wall = (answered - asked) / 1e9;
            double ofOther = undisturbed.cpuOfMask
                    * other.millis(List.of(new long[] {asked, answered})).size();
            add(cpuSeconds, name, Math.max(0, selectorSeconds(system, cpu) - ofOther));
            add(wallSeconds, name, wall);
            run.check(epoch, mask);
            run.train(epoch, policy.kind() == PolicyKind.DIET ? Math.min(FEW, batches) : batches);
        }
        OptionalLong after = LiveHeap.bytes();
        if (heapBefore.isPresent() && after.isPresent()) {
            add(bytes, name, (after.getAsLong() - heapBefore.getAsLong()) / (double) examples);
        }
        List<Double> meanwhile = other.millis(stretches);
        if (!meanwhile.isEmpty()) {
            add(p99s, name, OtherRun.p99(meanwhile));
            add(ratios, name, OtherRun.p99(meanwhile) / undisturbed.p99Millis);
        }
    }

    private static void add(Map<String, List<Double>> to, String name, double value) {
        to.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        cpuSeconds.forEach((name, each) -> rows.add(
                row("CPU seconds of an epoch's decision, " + name, each, LIMIT_SECONDS, "1.0 to 1.3 s, 8 million")
                        .with(
                                "wall seconds",
                                Spread.of(wallSeconds.getOrDefault(name, each)).median())));
        ratios.forEach((name, each) -> rows.add(row(
                        "p99 of another run meanwhile, to undisturbed, " + name, each, LIMIT_P99, "stood still")
                .with("p99 ms", Spread.of(p99s.getOrDefault(name, each)).median())
                .with(
                        "undisturbed ms",
                        Spread.of(p99s.getOrDefault("undisturbed", each)).median())));
        bytes.forEach((name, each) ->
                rows.add(row("live heap, bytes an example, " + name, each, LIMIT_BYTES, "40 while it decided")));
        return rows;
    }

    private static Row row(String name, List<Double> rounds, double limit, String before) {
        return new Row(name, Spread.of(rounds), Limit.atMost(limit)).with("47bd06d", before);
    }
}
