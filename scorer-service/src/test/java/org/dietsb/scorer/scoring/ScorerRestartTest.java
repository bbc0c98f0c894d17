package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.broker.LocalBroker;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.scoreset.TestSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scorers that die between any two of the messages that a scoring is made of, on a real broker; the test plays the trainers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScorerRestartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final float[] NORMS = {.1f, .2f, .3f, .4f, .5f};
    /** The request, the news and the order of each of two members, three chunks, the manifest. */
    private static final int MESSAGES = 9;

    private final List<Scorer> scorers = new ArrayList<>();
    private final LocalBroker broker = LocalBroker.start();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all", "linger.ms", 0),
            new StringSerializer(),
            new ByteArraySerializer());

    private volatile int mostRunning = 100;

    /** A scorer that lives on would order the members of the next test's scorings too. */
    @AfterEach
    void killScorers() throws InterruptedException {
        for (Scorer scorer : scorers) {
            scorer.kill();
        }
        scorers.clear();
    }

    @AfterAll
    void stop() {
        producer.close();
        admin.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, MESSAGES})
    void aScoringContinuesWhereItsScorerDied(int messages) throws Exception {
        String id = "dies-after-" + messages;
        // Given: a scorer that dies after so many messages; trainers report what it has ordered until then.
        Scorer dying = new Scorer(id, messages);
        assertThat(dying.loop.request(plan(id))).isInstanceOf(ScoringLoop.Taken.Started.class);
        reportWhatIsOrdered(id, (Math.min(messages, 5) - 1) / 2);
        await().atMost(PATIENCE).until(() -> dying.left.get() <= 0);
        dying.kill();
        await().atMost(PATIENCE).until(() -> written(id).size() == messages);
        Scorer next = new Scorer(id, Integer.MAX_VALUE);
        if (messages < MESSAGES) {
            // When
            reportWhatIsOrdered(id, 2);
        }
        // Then
        await().atMost(PATIENCE).until(() -> next.book
                .find(id)
                .filter(scoring -> scoring.state() == Scoring.State.COMPLETED)
                .isPresent());
        assertThat(next.sets.find(id).orElseThrow().scores()).isEqualTo(NORMS);
        // And: once each.
        next.kill();
        assertThat(orders(id)).extracting(ConsumerRecord::key).containsExactly(id + "-member-0", id + "-member-1");
        assertThat(written(id).stream().filter(message -> message.key().endsWith("/ended")))
                .hasSize(1);
        assertThat(written(id).stream().filter(message -> message.key().endsWith("/requested")))
                .hasSize(1);
    }

    /** After the messages of the scoring: the order, and the news that the run awaits no scores. */
    @ParameterizedTest
    @ValueSource(ints = {MESSAGES - 1, MESSAGES, MESSAGES + 1, MESSAGES + 2})
    void aRunThatAwaitsScoresIsQueuedWhereverItsScorerDies(int messages) throws Exception {
        // Given
        String id = "awaited-" + messages;
        awaiting(id + "-run", id);
        Scorer dying = new Scorer(id, messages);
        assertThat(dying.loop.request(plan(id))).isInstanceOf(ScoringLoop.Taken.Started.class);
        reportWhatIsOrdered(id, 1);
        assertThat(keyed(ScoringTopics.ORDERS, id + "-run")).isEmpty();
        reportWhatIsOrdered(id, 2);
        await().atMost(PATIENCE).until(() -> dying.left.get() <= 0);
        dying.kill();
        // When
        Scorer next = new Scorer(id, Integer.MAX_VALUE);
        // Then
        await().atMost(PATIENCE).until(() -> next.topics.areRead() && !next.book.isAwaiting(id + "-run"));
        next.kill();
        assertThat(keyed(ScoringTopics.ORDERS, id + "-run")).hasSize(1);
        assertThat(TrainingOrder.parseFrom(
                                keyed(ScoringTopics.ORDERS, id + "-run").get(0).value())
                        .getFirstPolicy()
                        .getScoreSet())
                .isEqualTo(id);
    }

    /** Publishes a queued run that awaits a score set, as a trainer does. */
    private void awaiting(String runId, String scoreSet) throws Exception {
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder()
                .setState(Run.State.QUEUED)
                .setQueuedMillis(System.currentTimeMillis())
                .setAwaitsScores(true)
                .getOrderBuilder()
                .setRunId(runId)
                .getFirstPolicyBuilder()
                .setScoreSet(scoreSet);
        producer.send(new ProducerRecord<>(
                        ScoringTopics.RUNS, runId + "/queued", event.build().toByteArray()))
                .get();
    }

    private List<ConsumerRecord<String, byte[]>> keyed(String topic, String key) {
        return read(topic).stream().filter(message -> message.key().equals(key)).toList();
    }

    @Test
    void anIncompleteScoreSetIsIgnored() throws Exception {
        Scorer dying = new Scorer("half", MESSAGES - 1);
        assertThat(dying.loop.request(plan("half"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        reportWhatIsOrdered("half", 2);
        await().atMost(PATIENCE).until(() -> dying.left.get() <= 0);
        await().atMost(PATIENCE).until(() -> written("half").size() == MESSAGES - 1);
        assertThat(dying.sets.find("half")).isEmpty();
        assertThat(dying.book.find("half").orElseThrow().state()).isEqualTo(Scoring.State.RUNNING);
        dying.kill();
    }

    @Test
    void twoScorersOrderEachMemberOnceAndAgreeOnOneScoreSet() throws Exception {
        Scorer one = new Scorer("shared", Integer.MAX_VALUE);
        Scorer another = new Scorer("shared", Integer.MAX_VALUE);
        assertThat(one.loop.request(plan("shared"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        reportWhatIsOrdered("shared", 2);
        for (Scorer scorer : List.of(one, another)) {
            await().atMost(PATIENCE).until(() -> scorer.book
                    .find("shared")
                    .filter(scoring -> scoring.state() == Scoring.State.COMPLETED)
                    .isPresent());
            assertThat(scorer.sets.find("shared").orElseThrow().scores()).isEqualTo(NORMS);
        }
        assertThat(orders("shared")).hasSize(2);
    }

    /** The request of an earlier try does not make it a scorer's own. */
    @Test
    void theScorerOfAnEarlierTryOrdersNothingAtOnce() throws Exception {
        Scorer earlier = new Scorer("again", Integer.MAX_VALUE);
        assertThat(earlier.loop.request(plan("again"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        await().atMost(PATIENCE).until(() -> orders("again").size() == 2);
        assertThat(earlier.loop.cancel("again")).isPresent();
        // When: another one takes the request of the next try, and dies before it orders the members.
        Scorer later = new Scorer("again", 1);
        assertThat(later.loop.request(plan("again"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        later.kill();
        // Then: within the grace of 2 s only the scorer that took it would order them.
        await().atMost(PATIENCE).until(() -> earlier.book
                .find("again")
                .filter(scoring -> scoring.state() == Scoring.State.RUNNING)
                .isPresent());
        assertThat(earlier.book.due(Instant.now(), earlier.loop.mine(), Duration.ofHours(1)))
                .isEmpty();
    }

    @Test
    void aScorerThatStartsLaterCancelsTheMembersOfACancelledScoring() throws Exception {
        // Given: a scorer that dies when it has stored that the scoring is cancelled, and no more.
        Scorer dying = new Scorer("left", 6);
        assertThat(dying.loop.request(plan("left"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        await().atMost(PATIENCE).until(() -> orders("left").size() == 2);
        assertThatThrownBy(() -> dying.loop.cancel("left")).isInstanceOf(ScoringTopics.NotStored.class);
        dying.kill();
        assertThat(ofMembers("left", ScoringTopics.RUNS)).hasSize(2);
        // When
        Scorer next = new Scorer("left", Integer.MAX_VALUE);
        // Then
        await().atMost(PATIENCE)
                .until(() -> ofMembers("left", ScoringTopics.RUNS).size() == 6);
        assertThat(next.book.find("left"))
                .hasValueSatisfying(scoring -> assertThat(scoring.state()).isEqualTo(Scoring.State.CANCELLED));
        assertThat(next.book.find("left").orElseThrow().memberRuns())
                .extracting(Scoring.MemberRun::state)
                .containsOnly("CANCELLED");
        assertThat(next.loop.cancel("left")).as("again").isPresent();
        assertThat(next.loop.cancel("nobodys")).isEmpty();
        next.kill();
        assertThat(written("left")).hasSize(10);
    }

    @Test
    void aScoringBeyondTheLimitIsRejected() throws Exception {
        Scorer scorer = new Scorer("full", Integer.MAX_VALUE);
        assertThat(scorer.loop.request(plan("full"))).isInstanceOf(ScoringLoop.Taken.Started.class);
        mostRunning = 1;
        try {
            assertThat(scorer.loop.request(plan("further")))
                    .isInstanceOfSatisfying(ScoringLoop.Taken.Unavailable.class, refused -> assertThat(refused.reason())
                            .matches("[1-9] scorings are running, as many as dietsb.scorer.most-running allows"));
            assertThat(scorer.loop.request(plan("full"))).isInstanceOf(ScoringLoop.Taken.Known.class);
            assertThat(orders("further")).isEmpty();
        } finally {
            mostRunning = 100;
        }
    }

    private static ScoringPlan plan(String id) {
        return ScoringPlan.parse("{\"id\": \"" + id + "\", \"members\": 2}");
    }

    /** Waits for so many orders of a scoring, and reports for each; one that comes twice does no harm. */
    private void reportWhatIsOrdered(String id, int count) throws Exception {
        await().atMost(PATIENCE).until(() -> orders(id).size() >= count);
        for (ConsumerRecord<String, byte[]> order : orders(id)) {
            int member = TrainingOrder.parseFrom(order.value()).getMember().getMember();
            for (PredictionErrors chunk : Reports.chunks(
                    id, member, order.key(), 1, Reports.dataset(NORMS.length, "f00d"), NORMS, NORMS.length)) {
                PredictionMessage message =
                        PredictionMessage.newBuilder().setErrors(chunk).build();
                producer.send(new ProducerRecord<>(ScoringTopics.ERRORS, id, message.toByteArray()))
                        .get();
            }
        }
    }

    /** What scorers wrote of this scoring: messages of el2n-scores, orders, and news of its members. */
    private List<ConsumerRecord<String, byte[]>> written(String id) throws Exception {
        List<ConsumerRecord<String, byte[]>> written = new ArrayList<>(orders(id));
        written.addAll(ofMembers(id, ScoringTopics.RUNS));
        for (ConsumerRecord<String, byte[]> message : read(ScoringTopics.SCORES)) {
            if (ScoreMessage.parseFrom(message.value()).getScoreSet().equals(id)) {
                written.add(message);
            }
        }
        return written;
    }

    private List<ConsumerRecord<String, byte[]>> orders(String id) {
        return ofMembers(id, ScoringTopics.ORDERS);
    }

    private List<ConsumerRecord<String, byte[]>> ofMembers(String id, String topic) {
        return read(topic).stream()
                .filter(message -> message.key().startsWith(id + "-member-"))
                .toList();
    }

    private List<ConsumerRecord<String, byte[]>> read(String topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            TopicPartition place = new TopicPartition(topic, 0);
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** Its fetches are short: closing it waits for the last one. */
    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "fetch.max.wait.ms", 10),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** The classes of a scorer, all that it has in memory their own; it dies after so many messages of one scoring. */
    private final class Scorer {
        final AtomicInteger left;
        final ScoreSets sets = TestSets.inMemory();
        final ScoringBook book = new ScoringBook(sets);
        final ScoringLoop loop;
        private final ScoringTopics topics;
        private final Thread reader = new Thread(this::readTopics, "reader");
        private volatile boolean killed;

        Scorer(String mine, int messages) {
            left = new AtomicInteger(messages);
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            ScorerConfig config = new TwoScoresAChunk(() -> mostRunning);
            topics = new ScoringTopics(
                    config, mortal(mine), PlainClients.ends(admin), book, TestDeadLetters.forgotten());
            loop = new ScoringLoop(config, book, topics, registry);
            scorers.add(this);
            reader.start();
            loop.start(new StartupEvent());
        }

        @SuppressWarnings("unchecked")
        private Producer<String, byte[]> mortal(String mine) {
            return (Producer<String, byte[]>) Proxy.newProxyInstance(
                    Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("send")) {
                            if (left.get() <= 0) {
                                throw new KafkaException("it is dead");
                            }
                            if (((ProducerRecord<String, byte[]>) arguments[0])
                                    .key()
                                    .startsWith(mine)) {
                                left.decrementAndGet();
                            }
                        }
                        try {
                            return method.invoke(producer, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }

        /** In place of the channels. */
        private void readTopics() {
            Map<String, Consumer<ConsumerRecord<String, byte[]>>> channels = Map.of(
                    ScoringTopics.SCORES, topics::readScores,
                    ScoringTopics.ORDERS, topics::readOrders,
                    ScoringTopics.RUNS, topics::readRuns,
                    ScoringTopics.POLICIES, topics::readPolicies,
                    ScoringTopics.ERRORS, topics::readErrors);
            try (KafkaConsumer<String, byte[]> consumer = consumer()) {
                List<TopicPartition> places = channels.keySet().stream()
                        .map(topic -> new TopicPartition(topic, 0))
                        .toList();
                consumer.assign(places);
                consumer.seekToBeginning(places);
                while (!killed) {
                    consumer.poll(Duration.ofMillis(50))
                            .forEach(message -> Objects.requireNonNull(channels.get(message.topic()))
                                    .accept(message));
                }
            }
        }

        void kill() throws InterruptedException {
            left.set(0);
            loop.close();
            killed = true;
            reader.join();
        }
    }

    private record TwoScoresAChunk(IntSupplier running) implements ScorerConfig {
        @Override
        public Duration patience() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Duration orderGrace() {
            return Duration.ofSeconds(2);
        }

        @Override
        public int chunkSize() {
            return 2;
        }

        @Override
        public double scoresOfHeap() {
            return .2;
        }

        @Override
        public int mostFinished() {
            return 1_000;
        }

        @Override
        public Duration finishedFor() {
            return Duration.ofDays(365);
        }

        @Override
        public int gauges() {
            return 1;
        }

        @Override
        public int largestDataset() {
            return 100_000_000;
        }

        @Override
        public int unfinishedScores() {
            return 5_000_000;
        }

        @Override
        public int mostRunning() {
            return running.getAsInt();
        }
    }
}
