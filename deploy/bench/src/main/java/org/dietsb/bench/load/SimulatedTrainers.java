package org.dietsb.bench.load;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.bench.path.Journeys;
import org.dietsb.bench.path.Losses;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.launcher.text.UserError;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.testbed.Clients;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;

/**
 * Trainers that only announce batches and wait for masks: many runs over one producer and one consumer. Every mask is
 * checked; a wrong or missing one fails the benchmark.
 */
final class SimulatedTrainers implements AutoCloseable {
    /** As in CIFAR. */
    private static final int EXAMPLES = 50_000;

    private static final int DIFFERENT = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Policy SELECTIVE = Policy.ofKind(PolicyKind.SELECTIVE).build();

    private final PrivateSystem system;
    private final int partitions;
    private final int batchSize;
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final List<BatchLosses> batches = new ArrayList<>();
    private final Map<String, SimulatedRun> runs = new LinkedHashMap<>();
    private final Journeys.Times times = new Journeys.Times();
    private long lastAnswerNanos;

    /** Connects to a system whose selectors are ready. */
    SimulatedTrainers(PrivateSystem system, int partitions, int batchSize) {
        this.system = system;
        this.partitions = partitions;
        this.batchSize = batchSize;
        Random random = new Random(7);
        for (int i = 0; i < DIFFERENT; i++) {
            BatchLosses.Builder batch = BatchLosses.newBuilder().setEpoch(SimulatedRun.EPOCH);
            random.ints(0, EXAMPLES).distinct().limit(batchSize).forEach(batch::addIndices);
            for (float loss : Losses.draw(random, batchSize)) {
                batch.addLosses(loss);
            }
            batches.add(batch.build());
        }
        producer = Clients.producer(system.bootstrapServers());
        consumer = Clients.consumer(system.bootstrapServers());
        List<TopicPartition> places = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(KafkaMaskReader.TOPIC, partition))
                .toList();
        consumer.assign(places);
        consumer.seekToEnd(places);
        places.forEach(consumer::position);
    }

    /** Opens an attempt and an epoch of each run, spread over the partitions, and waits until all are open. */
    void open(int count) throws InterruptedException {
        int kept = (int) Math.floor(SELECTIVE.keep() * batchSize + .5);
        for (int i = 0; i < count; i++) {
            runs.put("load-" + i, new SimulatedRun("load-" + i, i % partitions, batchSize, kept));
        }
        openAttempts(List.copyOf(runs.values()));
        List<SimulatedRun> unknown = new ArrayList<>();
        lastAnswerNanos = System.nanoTime();
        while (!runs.values().stream().allMatch(SimulatedRun::isOpen)) {
            receive((run, answer) -> {
                if (!run.opened(answer)) {
                    unknown.add(run);
                }
            });
            // A selector that has just taken over a partition knows none of its runs.
            openAttempts(unknown);
            unknown.clear();
        }
    }

    private void openAttempts(List<SimulatedRun> some) throws InterruptedException {
        AttemptOpened opened = AttemptOpened.newBuilder()
                .setDataset(DatasetIdentity.newBuilder().setCount(EXAMPLES))
                .setBatchSize(batchSize)
                .build();
        List<Future<RecordMetadata>> stored = new ArrayList<>();
        for (SimulatedRun run : some) {
            stored.add(send(run, LossMessage.newBuilder().setAttemptOpened(opened)));
        }
        for (int i = 0; i < some.size(); i++) {
            SimulatedRun run = some.get(i);
            try {
                run.attempt(stored.get(i).get().offset());
            } catch (ExecutionException failed) {
                throw new UserError("an attempt of run " + run.id + " was not stored: " + failed.getCause());
            }
            EpochOpened epoch = EpochOpened.newBuilder()
                    .setEpoch(SimulatedRun.EPOCH)
                    .setPolicy(PolicyWire.toWire(SELECTIVE))
                    .build();
            var unused =
                    send(run, LossMessage.newBuilder().setAttempt(run.attempt()).setEpochOpened(epoch));
        }
    }

    /** Warms up: saturated for half of the time, paced for the other half. */
    void warmUp(int window, double rate, Duration time) {
        announceWindow(window);
        keep(this::announce, time.dividedBy(2));
        drain();
        keep(evenly(rate), time.dividedBy(2));
        drain();
    }

    /** Keeps this many batches of each run in flight: while settling, then for the time that is measured. */
    Journeys saturated(int window, Duration settling, Duration time) {
        announceWindow(window);
        return measured(this::announce, settling, time);
    }

    private void announceWindow(int window) {
        for (int i = 0; i < window; i++) {
            runs.values().forEach(this::announce);
        }
    }

    /**
     * Announces batches evenly at this total rate: while settling, then for the time that is measured.
     *
     * @throws UserError if the masks of more than a second are late, and more than 200
     */
    Journeys paced(double rate, Duration settling, Duration time) {
        return measured(evenly(rate), settling, time);
    }

    private Pace evenly(double rate) {
        return new Pace.Evenly(rate, List.copyOf(runs.values()), this::announce);
    }

    private Journeys measured(Pace pace, Duration settling, Duration time) {
        keep(pace, settling);
        times.clear();
        Map<String, Duration> cpuBefore = system.cpuTimes();
        long started = System.nanoTime();
        keep(pace, time);
        double seconds = (System.nanoTime() - started) / 1e9;
        Journeys journeys = times.over(seconds, system.cpuSecondsSince(cpuBefore));
        drain();
        return journeys;
    }

    private void keep(Pace pace, Duration time) {
        long started = System.nanoTime();
        lastAnswerNanos = started;
        while (System.nanoTime() - started < time.toNanos()) {
            pace.tick();
            receive((run, answer) -> {
                masked(run, answer);
                pace.masked(run);
            });
        }
    }

    /** Waits for the masks of all batches in flight. */
    private void drain() {
        while (runs.values().stream().anyMatch(SimulatedRun::isWaiting)) {
            receive(this::masked);
        }
    }

    private void masked(SimulatedRun run, MaskMessage answer) {
        times.add(run.masked(answer, System.nanoTime()));
    }

    /** Passes on the answers that have arrived; fails if none has arrived for too long. */
    private void receive(BiConsumer<SimulatedRun, MaskMessage> answers) {
        for (ConsumerRecord<String, byte[]> received : consumer.poll(MOMENT)) {
            lastAnswerNanos = System.nanoTime();
            try {
                MaskMessage answer = MaskMessage.parseFrom(received.value());
                SimulatedRun run = runs.get(answer.getRunId());
                if (run == null || run.partition != received.partition()) {
                    throw new UserError("partition " + received.partition() + " has an answer to run "
                            + answer.getRunId() + ", which is not on it");
                }
                answers.accept(run, answer);
            } catch (InvalidProtocolBufferException broken) {
                throw new UserError("the selector wrote a malformed mask: " + broken.getMessage());
            }
        }
        if (System.nanoTime() - lastAnswerNanos > PATIENCE.toNanos()) {
            system.processes().mustBeAlive();
            throw new UserError("no answer for " + PATIENCE.toSeconds() + " s; missing are those to "
                    + runs.values().stream().filter(SimulatedRun::isWaiting).toList());
        }
    }

    private void announce(SimulatedRun run) {
        int batch = run.announce(System.nanoTime());
        BatchLosses losses = batches.get((run.partition + batch) % batches.size());
        var unused = send(
                run,
                LossMessage.newBuilder()
                        .setAttempt(run.attempt())
                        .setBatchLosses(losses.toBuilder().setBatch(batch)));
    }

    private Future<RecordMetadata> send(SimulatedRun run, LossMessage.Builder message) {
        return producer.send(new ProducerRecord<>(
                KafkaLossLog.TOPIC,
                run.partition,
                run.id,
                message.setRunId(run.id).build().toByteArray()));
    }

    /** Closes the attempts of all runs, so that the selector can forget them. */
    void closeRuns() {
        for (SimulatedRun run : runs.values()) {
            var unused = send(
                    run,
                    LossMessage.newBuilder()
                            .setAttempt(run.attempt())
                            .setAttemptClosed(AttemptClosed.newBuilder().setReason("measured")));
        }
        producer.flush();
        runs.clear();
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
