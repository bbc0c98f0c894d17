package org.dietsb.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a mask travels, and how many do, beside a plain-client echo of the same bytes. */
@Command(
        name = "mask-path",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "How long a mask travels and how many travel a second, from the trainer's loss log over a selector"
                    + " back to its mask inbox, as a ratio to a plain Kafka producer and consumer with an echo: same"
                    + " settings, same bytes, own JVM.")
final class MaskPath implements Callable<Integer> {
    private static final int LARGEST_BATCH = 65_536;
    private static final int LARGEST_WINDOW = 1_024;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            split = ",",
            defaultValue = "128,4096",
            description = "examples of a batch, one or several, with commas (default ${DEFAULT-VALUE})")
    private List<Integer> batches = List.of(128, 4096);

    @Option(
            names = "--window",
            paramLabel = "W",
            split = ",",
            defaultValue = "1,4,16,64",
            description = "batches on their way at a time, one or several (default ${DEFAULT-VALUE}); 1 tells the round"
                    + " trip, others masks per second")
    private List<Integer> windows = List.of(1, 4, 16, 64);

    @Option(
            names = "--seconds",
            defaultValue = "2",
            description = "on each route, at each window, each batch size and in each round (default ${DEFAULT-VALUE})")
    private double seconds = 2;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "<seconds>",
            description = "on each route at each batch size, before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 10;

    @Mixin
    private RoundOptions options = new RoundOptions();

    /** A measurement at a window, on both routes. */
    private record Beside(Journeys ours, Journeys plain) {}

    private record Place(int batch, int window) {}

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        Several.check("--batch-size", batches, LARGEST_BATCH);
        Several.check("--window", windows, LARGEST_WINDOW);
        WrongUsage.unless(seconds > 0 && seconds <= 3_600, "--seconds", seconds, "(0, 3600]");
        WrongUsage.unless(warmUp >= 0 && warmUp <= 3_600, "--warm-up", warmUp, "[0, 3600]");
        Map<Place, List<Beside>> measured = new LinkedHashMap<>();
        try (PrivateSystem system = PrivateSystem.start();
                Progress progress = Progress.onStandardError("mask-path")) {
            system.startSelector("selector");
            system.awaitReady();
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
            Duration warm = Duration.ofNanos((long) (warmUp * 1e9));
            for (int b = 0; b < batches.size(); b++) {
                for (MaskRoute route : List.of(ours.get(b), plain.get(b))) {
                    progress.to(0, "warming up");
                    Journeys.measured(route, 16, warm, system);
                }
            }
            int cells = options.rounds * batches.size() * windows.size();
            int done = 0;
            for (int round = 1; round <= options.rounds; round++) {
                for (int b = 0; b < batches.size(); b++) {
                    for (int window : windows) {
                        Place place = new Place(batches.get(b), window);
                        measured.computeIfAbsent(place, any -> new ArrayList<>())
                                .add(beside(ours.get(b), plain.get(b), window, round % 2 == 1, system));
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

    /** One after the other, in turn first. */
    private Beside beside(MaskRoute ours, MaskRoute plain, int window, boolean oursFirst, PrivateSystem system)
            throws InterruptedException {
        Duration time = Duration.ofNanos((long) (seconds * 1e9));
        if (oursFirst) {
            Journeys first = Journeys.measured(ours, window, time, system);
            return new Beside(first, Journeys.measured(plain, window, time, system));
        }
        Journeys first = Journeys.measured(plain, window, time, system);
        return new Beside(Journeys.measured(ours, window, time, system), first);
    }

    /** For each of ours one that carries the same bytes there and back. */
    private static List<MaskRoute> echoes(PrivateSystem system, List<MaskRoute> ours) throws InterruptedException {
        String bootstrapServers = system.bootstrapServers();
        makeTopics(bootstrapServers, ours.size());
        List<byte[]> requests = new ArrayList<>();
        List<String> arguments = new ArrayList<>(List.of(bootstrapServers));
        for (int partition = 0; partition < ours.size(); partition++) {
            ours.get(partition).announce();
            ours.get(partition).awaitMask();
            requests.add(last(bootstrapServers, KafkaLossLog.TOPIC, partition));
            arguments.add(String.valueOf(last(bootstrapServers, KafkaMaskReader.TOPIC, partition).length));
        }
        system.startProgram("echo", Echo.class, arguments);
        List<MaskRoute> echoes = new ArrayList<>();
        for (int partition = 0; partition < ours.size(); partition++) {
            echoes.add(new EchoRoute(bootstrapServers, partition, requests.get(partition)));
        }
        return echoes;
    }

    private static void makeTopics(String bootstrapServers, int partitions) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            admin.createTopics(List.of(
                            new NewTopic(Echo.REQUESTS, partitions, (short) 1),
                            new NewTopic(Echo.ANSWERS, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException failed) {
            throw new UserError("the echo's topics cannot be made: " + failed.getCause());
        }
    }

    /** The last message of a partition. */
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
                    row("round trip p50" + batches, new Limit.AtMost(2), "ms", Journeys::p50Millis, rounds),
                    row("round trip p99" + batches, null, "ms", Journeys::p99Millis, rounds));
        }
        Limit limit = place.window == 16 ? new Limit.AtLeast(.8) : null;
        String name = place.window + " in flight" + batches;
        return List.of(row(name, limit, "masks/s", Journeys::masksPerSecond, rounds));
    }

    private static Row row(
            String name, @Nullable Limit limit, String unit, ToDoubleFunction<Journeys> figure, List<Beside> rounds) {
        List<Journeys> ours = rounds.stream().map(Beside::ours).toList();
        List<Journeys> plain = rounds.stream().map(Beside::plain).toList();
        Spread ratio = Spread.of(rounds.stream()
                .map(round -> figure.applyAsDouble(round.ours) / figure.applyAsDouble(round.plain))
                .toList());
        return new Row(name, ratio, limit)
                .with("unit", unit)
                .with("ours", median(ours, figure))
                .with("plain", median(plain, figure))
                .with("CPU us/mask", median(ours, MaskPath::cpuMicrosAMask))
                .with("plain CPU us/mask", median(plain, MaskPath::cpuMicrosAMask))
                .with("masks", Map.of("ours", sum(ours, Journeys::masks), "plain", sum(plain, Journeys::masks)))
                .with("seconds", Map.of("ours", sum(ours, Journeys::seconds), "plain", sum(plain, Journeys::seconds)))
                .with("cpuSeconds", Map.of("ours", Journeys.cpuSeconds(ours), "plain", Journeys.cpuSeconds(plain)));
    }

    private static double median(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
    }

    private static double sum(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return rounds.stream().mapToDouble(figure).sum();
    }

    /** Of all processes. */
    private static double cpuMicrosAMask(Journeys round) {
        return 1e6
                * round.cpuSeconds().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum()
                / round.masks();
    }
}
