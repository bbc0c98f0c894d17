package org.dietsb.bench.path;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Clients;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.SelectorGroup;
import org.dietsb.testbed.Spread;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures latency and throughput of masks, compared with a plain Kafka echo of the same bytes. */
@Command(
        name = "mask-path",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measure latency and throughput of masks, from the trainer's loss log over a selector back to the"
                + " trainer's mask inbox, as a ratio to a plain Kafka producer and consumer with an echo in"
                + " another JVM, with the same settings and the same bytes.")
public final class MaskPath implements Callable<Integer> {
    @InRange("[1, 65536]")
    @Option(
            names = "--batch-size",
            paramLabel = "B",
            split = ",",
            defaultValue = "128,4096",
            description = "examples per batch; one or several values, separated by commas (default ${DEFAULT-VALUE})")
    private List<Integer> batches = List.of(128, 4096);

    @InRange("[1, 1024]")
    @Option(
            names = "--window",
            paramLabel = "W",
            split = ",",
            defaultValue = "1,4,16,64",
            description =
                    "batches in flight, one or several values (default ${DEFAULT-VALUE}); 1 measures the round trip, "
                            + "other values the masks per second")
    private List<Integer> windows = List.of(1, 4, 16, 64);

    @InRange("(0, 3600]")
    @Option(
            names = "--seconds",
            defaultValue = "2",
            description = "time per route, window, batch size and round (default ${DEFAULT-VALUE})")
    private double seconds = 2;

    @InRange("[0, 3600]")
    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "<seconds>",
            description = "time per route and batch size before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 10;

    @Mixin
    private BenchOptions options = new BenchOptions(5);

    /** A measurement on both routes. */
    private record Beside(Journeys ours, Journeys plain) {}

    private record Place(int batch, int window) {}

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        BenchOptions.checkEach("--batch-size", batches);
        BenchOptions.checkEach("--window", windows);
        Map<Place, List<Beside>> measured = new LinkedHashMap<>();
        try (PrivateSystem system = PrivateSystem.start();
                Progress progress = Progress.onStandardError("mask-path")) {
            system.startSelector(SelectorGroup.NAME, 384);
            system.processes().awaitReady();
            measure(system, progress, measured);
        }
        List<Row> rows = new ArrayList<>();
        measured.forEach((place, rounds) -> rows.addAll(rows(place, rounds)));
        options.publish(new Report(Machine.words(), rows));
        return 0;
    }

    private void measure(PrivateSystem system, Progress progress, Map<Place, List<Beside>> measured)
            throws InterruptedException {
        List<MaskRoute> ours = new ArrayList<>();
        List<MaskRoute> plain = new ArrayList<>();
        try {
            for (int batch : batches) {
                ours.add(new TrainerRoute(system.bootstrapServers(), ours.size(), batch));
            }
            plain.addAll(echoes(system, ours));
            progress.line("Warming up");
            for (int b = 0; b < batches.size(); b++) {
                for (MaskRoute route : List.of(ours.get(b), plain.get(b))) {
                    progress.to(0, "warming up");
                    Journeys.measured(route, 16, BenchOptions.time(warmUp), system);
                }
            }
            int cells = options.rounds * batches.size() * windows.size();
            int done = 0;
            for (int round = 1; round <= options.rounds; round++) {
                for (int b = 0; b < batches.size(); b++) {
                    for (int window : windows) {
                        measured.computeIfAbsent(new Place(batches.get(b), window), any -> new ArrayList<>())
                                .add(beside(ours.get(b), plain.get(b), round, window, system));
                        progress.to((double) ++done / cells, "round " + round + " of " + options.rounds);
                    }
                }
                progress.line("Round " + round + " of " + options.rounds);
            }
        } finally {
            ours.forEach(MaskRoute::close);
            plain.forEach(MaskRoute::close);
        }
    }

    /** Measures one route after the other; they take turns in going first. */
    private Beside beside(MaskRoute ours, MaskRoute plain, int round, int window, PrivateSystem system)
            throws InterruptedException {
        Duration time = BenchOptions.time(seconds);
        Journeys first = Journeys.measured(round % 2 == 1 ? ours : plain, window, time, system);
        Journeys second = Journeys.measured(round % 2 == 1 ? plain : ours, window, time, system);
        return round % 2 == 1 ? new Beside(first, second) : new Beside(second, first);
    }

    /** Starts an echo for each of our routes that carries the same bytes there and back. */
    private static List<MaskRoute> echoes(PrivateSystem system, List<MaskRoute> ours) throws InterruptedException {
        String bootstrapServers = system.bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            SelectorGroup.createTopics(admin, List.of(Echo.REQUESTS, Echo.ANSWERS), ours.size());
        } catch (ExecutionException failed) {
            throw new UserError("the topics of the echo cannot be created: " + failed.getCause());
        }
        List<byte[]> requests = new ArrayList<>();
        List<String> arguments = new ArrayList<>(List.of(bootstrapServers));
        for (int partition = 0; partition < ours.size(); partition++) {
            ours.get(partition).announce();
            ours.get(partition).awaitMask();
            requests.add(last(bootstrapServers, KafkaLossLog.TOPIC, partition));
            arguments.add(String.valueOf(last(bootstrapServers, KafkaMaskReader.TOPIC, partition).length));
        }
        system.processes().start(Launch.program("echo", Echo.class, arguments));
        List<MaskRoute> echoes = new ArrayList<>();
        for (int partition = 0; partition < ours.size(); partition++) {
            echoes.add(new EchoRoute(bootstrapServers, partition, requests.get(partition)));
        }
        return echoes;
    }

    /** Reads the last message of a partition. */
    private static byte[] last(String bootstrapServers, String topic, int partition) {
        TopicPartition place = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, byte[]> consumer = Clients.consumer(bootstrapServers)) {
            consumer.assign(List.of(place));
            consumer.seek(place, consumer.endOffsets(List.of(place)).getOrDefault(place, 1L) - 1);
            for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofSeconds(10))) {
                return message.value();
            }
        }
        throw new UserError("topic " + topic + " has no message on partition " + partition);
    }

    private static List<Row> rows(Place place, List<Beside> rounds) {
        String batches = ", batches of " + place.batch;
        if (place.window == 1) {
            return List.of(
                    row("round trip p50" + batches, Limit.atMost(1.1), "ms", Journeys::p50Millis, rounds),
                    row("round trip p99" + batches, Limit.atMost(1.6), "ms", Journeys::p99Millis, rounds),
                    row("round trip p99.9" + batches, null, "ms", Journeys::p999Millis, rounds));
        }
        String name = place.window + " in flight" + batches;
        boolean isLimited = place.window == 16;
        return List.of(
                row(
                        name,
                        isLimited ? Limit.atLeast(place.batch > 1_024 ? .75 : .8) : null,
                        "masks/s",
                        Journeys::masksPerSecond,
                        rounds),
                row(
                        "CPU of a mask, " + name,
                        isLimited ? Limit.atMost(1.25) : null,
                        "us",
                        MaskPath::cpuMicros,
                        rounds));
    }

    private static Row row(
            String name, @Nullable Limit limit, String unit, ToDoubleFunction<Journeys> figure, List<Beside> rounds) {
        List<Journeys> ours = rounds.stream().map(Beside::ours).toList();
        List<Journeys> plain = rounds.stream().map(Beside::plain).toList();
        Spread ratio = Spread.of(rounds, round -> figure.applyAsDouble(round.ours) / figure.applyAsDouble(round.plain));
        return new Row(name, ratio, limit)
                .with("unit", unit)
                .with("ours", Spread.of(ours, figure).median())
                .with("plain", Spread.of(plain, figure).median())
                .with("CPU us/mask", Spread.of(ours, MaskPath::cpuMicros).median())
                .with("plain CPU us/mask", Spread.of(plain, MaskPath::cpuMicros).median())
                .with(
                        "of broker",
                        Spread.of(ours, round -> round.cpuMicrosPerMask("broker"))
                                .median())
                .with(
                        "of trainer",
                        Spread.of(ours, round -> round.cpuMicrosPerMask("bench"))
                                .median())
                .with(
                        "of selector",
                        Spread.of(ours, round -> round.cpuMicrosPerMask("selector"))
                                .median())
                .with("masks", Map.of("ours", sum(ours, Journeys::masks), "plain", sum(plain, Journeys::masks)))
                .with("seconds", Map.of("ours", sum(ours, Journeys::seconds), "plain", sum(plain, Journeys::seconds)))
                .with("cpuSeconds", Map.of("ours", Journeys.cpuSeconds(ours), "plain", Journeys.cpuSeconds(plain)));
    }

    private static double sum(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return rounds.stream().mapToDouble(figure).sum();
    }

    /** Of all processes. */
    private static double cpuMicros(Journeys round) {
        return round.cpuMicrosPerMask("");
    }
}
