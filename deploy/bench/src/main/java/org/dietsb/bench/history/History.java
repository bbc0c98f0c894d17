package org.dietsb.bench.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.Spread;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long each service takes until it is ready, with many finished runs on topic run-events. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measure how long the trainer, the selector and the scorer take until they are ready, each with the"
                        + " heap that dietsb up gives it, when topic run-events has many finished runs.")
public final class History implements Callable<Integer> {
    private static final Map<String, Integer> HEAPS = new LinkedHashMap<>();
    private static final long PATIENCE_SECONDS = 300;
    private static final double LIMIT_SECONDS = 20;

    static {
        HEAPS.put("selector", 384);
        HEAPS.put("scorer", 384);
        HEAPS.put("trainer", 2_048);
    }

    @InRange("[0, 1000000]")
    @Option(names = "--runs", paramLabel = "R", description = "finished runs (default ${DEFAULT-VALUE})")
    private int runs = 100_000;

    @InRange("[1, 255]")
    @Option(names = "--epochs", paramLabel = "E", description = "epochs of each run (default ${DEFAULT-VALUE})")
    private int epochs = 20;

    @Mixin
    private final BenchOptions options = new BenchOptions(3);

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        try (PrivateSystem system = PrivateSystem.start()) {
            long bytes = FinishedRuns.write(system.bootstrapServers(), runs, epochs);
            Map<String, List<Double>> seconds = new LinkedHashMap<>();
            Map<String, List<Double>> resident = new LinkedHashMap<>();
            for (int round = 0; round < options.rounds; round++) {
                for (Map.Entry<String, Integer> service : HEAPS.entrySet()) {
                    PrivateSystem.Started started =
                            system.startUntilReady(service.getKey(), service.getValue(), PATIENCE_SECONDS);
                    add(seconds, service.getKey(), started.seconds());
                    add(resident, service.getKey(), started.residentBytes() / 1_048_576.0);
                }
            }
            List<Row> rows = new ArrayList<>();
            seconds.forEach((service, values) -> rows.add(new Row(
                            service + " ready", Spread.of(values), Limit.atMost(LIMIT_SECONDS), Map.of())
                    .with("runs", runs)
                    .with("topic MB", bytes / 1_000_000)
                    .with(
                            "resident MiB",
                            Spread.of(resident.getOrDefault(service, List.of())).median())));
            options.publish(new Report(Machine.words(), "seconds", rows));
            return 0;
        } catch (UserError failed) {
            System.err.println(failed.getMessage());
            return 1;
        }
    }

    private static void add(Map<String, List<Double>> values, String service, double value) {
        values.computeIfAbsent(service, name -> new ArrayList<>()).add(value);
    }
}
