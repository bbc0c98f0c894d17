package org.dietsb.trainer.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.broker.LocalBroker;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.Prefix;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.trainer.Takes;
import org.dietsb.trainer.metric.OrderMeters;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.TrainingOrder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainers that share a queue of a real broker; the test plays their runs. Each test has topics of its own. */
class OrderTakerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOCK = Duration.ofSeconds(15);
    /** Within this time a lock that was just renewed does not expire. */
    private static final Duration LESS_THAN_A_LOCK = LOCK.minusSeconds(5);
    /** For tests that wait until a lock expires. */
    private static final Duration SHORT_LOCK = Duration.ofSeconds(4);

    private static final Policy BY_PROXY =
            Policy.ofKind(PolicyKind.SELECTIVE).proxy("resnet8").build();

    private static final AtomicInteger TESTS = new AtomicInteger();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    private static int port;
    private static LocalBroker broker;

    private final String suffix = "-" + TESTS.incrementAndGet();
    private final List<PlayedTrainer> trainers = new ArrayList<>();

    @BeforeAll
    static void startBroker() throws IOException {
        port = LocalBroker.freePort();
        broker = start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static LocalBroker start() throws IOException {
        Path settings = Files.writeString(
                folder.resolve("broker.properties"),
                "group.share.min.record.lock.duration.ms=" + SHORT_LOCK.toMillis() + "\n");
        return LocalBroker.spawn(port, folder, settings).awaitReady();
    }

    @BeforeEach
    void makeTopics() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics = Stream.of(Takes.RUNS, Takes.PROXIES)
                    .map(takes -> new NewTopic(takes.topic() + suffix, 1, (short) 1))
                    .toList();
            admin.createTopics(topics).all().get();
            // The broker knows and leads them a moment later.
            Map<TopicPartition, OffsetSpec> ends = topics.stream()
                    .collect(Collectors.toMap(
                            topic -> new TopicPartition(topic.name(), 0), topic -> OffsetSpec.latest()));
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> admin.listOffsets(ends).all().get().size() == topics.size());
        }
    }

    @AfterEach
    void stop() throws ExecutionException, InterruptedException {
        for (PlayedTrainer trainer : trainers) {
            trainer.close();
        }
        // A short lock of this test would hold for the first orders of the next one.
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            alterGroup(admin, "share.record.lock.duration.ms", AlterConfigOp.OpType.DELETE);
            alterGroup(admin, "share.delivery.count.limit", AlterConfigOp.OpType.DELETE);
        }
    }

    private static void alterGroup(Admin admin, String setting, AlterConfigOp.OpType how)
            throws ExecutionException, InterruptedException {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.GROUP, OrderGroup.NAME),
                        List.of(new AlterConfigOp(new ConfigEntry(setting, "3"), how))))
                .all()
                .get();
    }

    @Test
    void nextOrderGoesToTheFirstIdleTrainer() throws Exception {
        // Given: orders from before the first trainer.
        order("first", "second", "third");
        // When
        PlayedTrainer one = trainer();
        PlayedTrainer another = trainer();
        // Then
        await().atMost(PATIENCE).until(() -> one.begun.size() == 1 && another.begun.size() == 1);
        assertThat(List.of(one.begun.get(0), another.begun.get(0))).containsExactlyInAnyOrder("first", "second");
        // When: no run ends for longer than a lock.
        Thread.sleep(LOCK.plusSeconds(3).toMillis());
        // Then: each trainer keeps its order and takes no other.
        assertThat(one.begun).hasSize(1);
        assertThat(another.begun).hasSize(1);
        // When
        another.end(another.begun.get(0));
        // Then
        await().atMost(PATIENCE).until(() -> another.begun.contains("third"));
        // And: a new order is taken at once by an idle trainer.
        one.end(one.begun.get(0));
        order("fourth");
        await().atMost(LESS_THAN_A_LOCK).until(() -> one.begun.contains("fourth"));
        one.end("fourth");
        another.end("third");
        // And: completed orders are not delivered again.
        PlayedTrainer late = trainer();
        order("last");
        await().atMost(PATIENCE).until(() -> trainers.stream().anyMatch(trainer -> trainer.begun.contains("last")));
        assertThat(one.begun.size() + another.begun.size() + late.begun.size()).isEqualTo(5);
    }

    @Test
    void orderIsReleasedAtOnceWhenItsTrainerStops() throws Exception {
        PlayedTrainer stops = trainer();
        order("moved");
        await().atMost(PATIENCE).until(() -> stops.begun.contains("moved"));
        PlayedTrainer idle = trainer();
        // When
        stops.close();
        // Then
        await().atMost(LESS_THAN_A_LOCK).until(() -> idle.begun.contains("moved"));
    }

    /** Returns a trainer that has taken this order and is silent from then on, though alive, until the future completes. */
    private PlayedTrainer silentWith(String runId, CompletableFuture<Void> stuck)
            throws ExecutionException, InterruptedException {
        PlayedTrainer silent = new PlayedTrainer(broker.bootstrapServers(), SHORT_LOCK, suffix) {
            @Override
            public Future<?> begin(TrainingOrder order) {
                Future<?> over = super.begin(order);
                stuck.join();
                return over;
            }
        };
        trainers.add(silent);
        order(runId);
        await().atMost(PATIENCE).until(() -> silent.begun.contains(runId));
        return silent;
    }

    @Test
    void orderOfASilentTrainerIsRedeliveredWhenItsLockExpires() throws Exception {
        // Given: a trainer that hangs, but is alive.
        CompletableFuture<Void> stuck = new CompletableFuture<>();
        PlayedTrainer silent = silentWith("taken-over", stuck);
        // When
        PlayedTrainer idle = trainer(SHORT_LOCK);
        // Then
        await().atMost(PATIENCE).until(() -> idle.begun.contains("taken-over"));
        // And: the other notices, finishes its run before it takes another order, and works again.
        stuck.complete(null);
        await().atMost(PATIENCE)
                .until(() ->
                        silent.registry.get("dietsb_order_locks_lost").counter().count() == 1);
        order("next");
        Thread.sleep(2_000);
        assertThat(silent.begun).containsExactly("taken-over");
        silent.end("taken-over");
        await().atMost(PATIENCE).until(() -> silent.begun.contains("next"));
        assertThat(idle.begun).containsExactly("taken-over");
    }

    /** The broker accepts a late renewal of an order that another trainer has finished: the lock does not tell. */
    @Test
    void trainerWhoseRunWasEndedElsewhereHoldsItNoLonger() throws Exception {
        // Given: a trainer that is silent while another one takes its order and ends the run.
        CompletableFuture<Void> stuck = new CompletableFuture<>();
        PlayedTrainer silent = silentWith("taken-over", stuck);
        PlayedTrainer other = trainer(SHORT_LOCK);
        await().atMost(PATIENCE).until(() -> other.begun.contains("taken-over"));
        other.end("taken-over");
        order("next");
        await().atMost(PATIENCE).until(() -> other.begun.contains("next"));
        // When: it goes on, past a renewal.
        stuck.complete(null);
        Thread.sleep(SHORT_LOCK.dividedBy(2).toMillis());
        assertThat(silent.registry.get("dietsb_order_locks_lost").counter().count())
                .as("by the broker's answers alone")
                .isZero();
        silent.elsewhere.add("taken-over");
        // Then
        await().atMost(PATIENCE)
                .until(() ->
                        silent.registry.get("dietsb_order_locks_lost").counter().count() == 1);
        silent.end("taken-over");
        order("after");
        await().atMost(PATIENCE).until(() -> silent.begun.contains("after"));
        assertThat(other.begun).containsExactly("taken-over", "next");
    }

    @Test
    void trainerThatCannotWriteTakesNoOrder() throws Exception {
        PlayedTrainer trainer = trainer();
        order("first");
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("first"));
        assertThat(trainer.taker.isReady()).isTrue();
        // When
        trainer.canWrite = false;
        trainer.end("first");
        order("second");
        // Then
        await().atMost(PATIENCE).until(() -> !trainer.taker.isReady());
        Thread.sleep(2_000);
        assertThat(trainer.begun).containsExactly("first");
        // And
        trainer.canWrite = true;
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("second"));
    }

    @Test
    void orderSurvivesMoreCrashesThanTheDeliveryLimit() throws Exception {
        order("costly");
        // When: trainers crash.
        for (int death = 1; death <= 7; death++) {
            Process doomed = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Doomed.class.getName(),
                            broker.bootstrapServers(),
                            suffix)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader says =
                    new BufferedReader(new InputStreamReader(doomed.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(says.readLine()).as("of trainer %d", death).isEqualTo("begun costly");
            } finally {
                doomed.destroyForcibly().waitFor();
            }
        }
        // Then
        PlayedTrainer last = trainer();
        await().atMost(PATIENCE).until(() -> last.begun.contains("costly"));
        assertThat(stored("training-orders" + suffix)).as("queued again").hasSizeGreaterThan(1);
        // And: once.
        last.end("costly");
        order("after");
        await().atMost(PATIENCE).until(() -> last.begun.contains("after"));
        assertThat(last.begun).containsExactly("costly", "after");
    }

    @Test
    void ordersSurviveACrashOfTheBroker() throws Exception {
        PlayedTrainer trainer = trainer();
        order("before", "waiting");
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("before"));
        // When
        ProcessHandle handle = ProcessHandle.of(broker.pid()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().get();
        broker.close();
        await().atMost(PATIENCE)
                .until(() -> trainer.registry
                                .get("dietsb_order_locks_lost")
                                .counter()
                                .count()
                        == 1);
        broker = start();
        // Then: the run continues, and does not start again when its order is delivered again.
        Thread.sleep(2_000);
        assertThat(trainer.begun).containsExactly("before");
        trainer.end("before");
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("waiting"));
        trainer.end("waiting");
        order("after");
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("after"));
        assertThat(trainer.begun).containsExactly("before", "waiting", "after");
    }

    @Test
    void malformedOrdersGoToDeadLetters() throws Exception {
        try (KafkaProducer<String, byte[]> producer = producer(broker.bootstrapServers())) {
            producer.send(new ProducerRecord<>("training-orders" + suffix, "poison", new byte[] {1, 2, 3}))
                    .get();
            producer.send(new ProducerRecord<>("training-orders" + suffix, "nothing", null))
                    .get();
        }
        order("sound");
        // When
        PlayedTrainer trainer = trainer();
        // Then
        await().atMost(PATIENCE).until(() -> trainer.begun.contains("sound"));
        assertThat(trainer.refused)
                .containsOnlyKeys("poison", "nothing")
                .containsEntry("nothing", "its order is unusable: a message without a value");
        await().atMost(PATIENCE).until(() -> stored("dead-letters").size() == 2);
        List<ConsumerRecord<String, byte[]>> letters = stored("dead-letters");
        assertThat(letters)
                .extracting(ConsumerRecord::key)
                .containsExactly(
                        "trainer/training-orders" + suffix + "/0/0", "trainer/training-orders" + suffix + "/0/1");
        assertThat(letters).extracting(letter -> header(letter, "key")).containsExactly("poison", "nothing");
        assertThat(letters).extracting(letter -> header(letter, "service")).containsOnly("trainer");
        assertThat(letters).extracting(letter -> header(letter, "topic")).containsOnly("training-orders" + suffix);
        assertThat(letters).extracting(letter -> header(letter, "partition")).containsOnly("0");
        assertThat(letters).extracting(letter -> header(letter, "offset")).containsExactly("0", "1");
        assertThat(header(letters.get(1), "reason")).isEqualTo("a message without a value");
        assertThat(letters)
                .extracting(ConsumerRecord::value)
                .as("a letter without a value would be a tombstone")
                .containsExactly(new byte[] {1, 2, 3}, new byte[0]);
        assertThat(trainer.registry
                        .get("dietsb_dead_letters")
                        .tag("topic", "training-orders" + suffix)
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void trainersTakeOnlyTheirKindOfOrders() throws Exception {
        // Given: one trainer of each kind, and more orders than they can take at once.
        PlayedTrainer ofRuns = new PlayedTrainer(broker.bootstrapServers(), LOCK, Takes.RUNS, suffix);
        PlayedTrainer ofProxies = new PlayedTrainer(broker.bootstrapServers(), LOCK, Takes.PROXIES, suffix);
        trainers.addAll(List.of(ofRuns, ofProxies));
        // When
        try (KafkaProducer<String, byte[]> producer = producer(broker.bootstrapServers())) {
            for (String id : List.of("first", "second")) {
                TrainingOrder order = TestOrders.of("{\"id\": \"" + id + "\"}", BY_PROXY);
                send(producer, order, Takes.RUNS);
                send(producer, Objects.requireNonNull(order.proxy()), Takes.RUNS);
            }
        }
        // Then
        await().atMost(PATIENCE).until(() -> ofRuns.begun.size() == 1 && ofProxies.begun.size() == 1);
        assertThat(ofRuns.begun).containsExactly("first");
        assertThat(ofProxies.begun).containsExactly("first-proxy");
        // And: an idle trainer does not take orders of the other kind.
        ofProxies.end("first-proxy");
        await().atMost(PATIENCE).until(() -> ofProxies.begun.contains("second-proxy"));
        ofProxies.end("second-proxy");
        Thread.sleep(2_000);
        assertThat(ofProxies.begun).containsExactly("first-proxy", "second-proxy");
        ofRuns.end("first");
        await().atMost(PATIENCE).until(() -> ofRuns.begun.contains("second"));
        assertThat(ofRuns.begun).containsExactly("first", "second");
    }

    /** Trainers that take all orders are alike: otherwise orders would wait although a trainer is idle. */
    @Test
    void runAndProxyAreTakenInOrderIfTrainersTakeAllOrders() throws Exception {
        // Given
        PlayedTrainer one = trainer();
        PlayedTrainer another = trainer();
        TrainingOrder order = TestOrders.of("{\"id\": \"judged\"}", BY_PROXY);
        // When
        try (KafkaProducer<String, byte[]> producer = producer(broker.bootstrapServers())) {
            send(producer, order, Takes.ALL);
            send(producer, Objects.requireNonNull(order.proxy()), Takes.ALL);
        }
        order("next");
        // Then
        await().atMost(PATIENCE).until(() -> one.begun.size() == 1 && another.begun.size() == 1);
        assertThat(List.of(one.begun.get(0), another.begun.get(0))).containsExactlyInAnyOrder("judged", "judged-proxy");
    }

    @Test
    void groupLimitOfDeliveriesTakesPrecedenceOverBrokerLimit() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            OrderGroup group = new OrderGroup(admin, LOCK, Prefix.NONE);
            assertThat(group.lastDelivery())
                    .as("before the broker has been asked")
                    .isEqualTo(2);
            group.setUp();
            assertThat(group.lastDelivery()).as("the default of brokers").isEqualTo(5);
            // When
            try {
                alterGroup(admin, "share.delivery.count.limit", AlterConfigOp.OpType.SET);
            } catch (ExecutionException unknown) {
                assumeThat(unknown.getCause())
                        .as("brokers before Kafka 4.3 have no limit of a group")
                        .isNotInstanceOf(InvalidConfigurationException.class)
                        .isNotInstanceOf(InvalidRequestException.class);
                throw unknown;
            }
            // Then
            await().atMost(PATIENCE).untilAsserted(() -> {
                group.setUp();
                assertThat(group.lastDelivery()).isEqualTo(3);
            });
        }
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private PlayedTrainer trainer() {
        return trainer(LOCK);
    }

    private PlayedTrainer trainer(Duration lock) {
        PlayedTrainer trainer = new PlayedTrainer(broker.bootstrapServers(), lock, suffix);
        trainers.add(trainer);
        return trainer;
    }

    private void order(String... ids) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, byte[]> producer = producer(broker.bootstrapServers())) {
            for (String id : ids) {
                send(producer, TestOrders.baseline(id), Takes.ALL);
            }
        }
    }

    /** Stores an order like a trainer that takes these orders. */
    private void send(KafkaProducer<String, byte[]> producer, TrainingOrder order, Takes takes)
            throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>(
                        takes.topicOf(order.proxyOf() != null) + suffix,
                        order.runId(),
                        OrderWire.toWire(order).toByteArray()))
                .get();
    }

    private List<ConsumerRecord<String, byte[]>> stored(String topic) {
        List<ConsumerRecord<String, byte[]>> messages = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "fetch.max.wait.ms", 10),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition place = new TopicPartition(topic, 0);
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(messages::add);
            }
        }
        return messages;
    }

    private static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** A trainer whose runs last until the test ends them. It remembers which runs are over. */
    private static class PlayedTrainer implements OrderTaker.Trainer {
        final List<String> begun = new CopyOnWriteArrayList<>();
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final Set<String> elsewhere = ConcurrentHashMap.newKeySet();
        final Map<String, String> refused = new ConcurrentHashMap<>();
        volatile boolean canWrite = true;
        private final Map<String, CompletableFuture<Void>> runs = new ConcurrentHashMap<>();
        private final Admin admin;
        private final KafkaProducer<String, byte[]> producer;
        private final DeadLetters letters;
        private final OrderTaker taker;
        private final Thread thread;

        PlayedTrainer(String bootstrapServers, Duration lock, String suffix) {
            this(bootstrapServers, lock, Takes.ALL, suffix);
        }

        PlayedTrainer(String bootstrapServers, Duration lock, Takes takes, String suffix) {
            String topic = takes.topic() + suffix;
            admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
            producer = producer(bootstrapServers);
            letters = TestDeadLetters.of("trainer", producer(bootstrapServers), registry);
            taker = new OrderTaker(
                    PlainClients.settings(bootstrapServers),
                    topic,
                    new OrderGroup(admin, lock, Prefix.NONE),
                    producer,
                    this,
                    new OrderMeters(registry),
                    letters.of(topic));
            thread = new Thread(taker, "orders");
            thread.start();
        }

        @Override
        public Future<?> begin(TrainingOrder order) {
            CompletableFuture<Void> known = runs.get(order.runId());
            if (known != null && known.isDone()) {
                return known;
            }
            begun.add(order.runId());
            return runs.computeIfAbsent(order.runId(), id -> new CompletableFuture<>());
        }

        @Override
        public boolean knowsAllNews(Duration timeout) {
            return true;
        }

        @Override
        public boolean canWrite() {
            return canWrite;
        }

        @Override
        public boolean isElsewhere(String runId) {
            return elsewhere.contains(runId);
        }

        @Override
        public void refuse(String runId, String why) {
            refused.put(runId, why);
        }

        void end(String run) {
            Objects.requireNonNull(runs.get(run)).complete(null);
        }

        void close() throws InterruptedException {
            taker.takeNoMore();
            taker.release();
            thread.join();
            letters.close();
            producer.close();
            admin.close();
        }
    }

    /** A trainer in its own process that prints the orders that it begins, and does not end by itself. */
    static final class Doomed {
        private Doomed() {}

        public static void main(String[] arguments) {
            new PlayedTrainer(arguments[0], LOCK, arguments[1]) {
                @Override
                public Future<?> begin(TrainingOrder order) {
                    System.out.println("begun " + order.runId());
                    return super.begin(order);
                }
            };
        }
    }
}
