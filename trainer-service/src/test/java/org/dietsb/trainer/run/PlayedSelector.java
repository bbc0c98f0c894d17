package org.dietsb.trainer.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.jspecify.annotations.Nullable;

/**
 * Plays the selector over the real topics, for one run: reads batch-losses from its end, answers on backprop-masks on the
 * partition number the losses came from, each answer after its delay.
 */
final class PlayedSelector implements AutoCloseable {

    /** Returns the answer to a message; null = none. */
    interface Script {
        MaskMessage.@Nullable Builder answer(LossMessage message);
    }

    /** Keeps all examples of an epoch, then the higher half of each batch, or all of it without losses. */
    static final Script HIGHER_HALF = message -> switch (message.getEventCase()) {
        case EPOCH_OPENED -> keepAll(message);
        case BATCH_LOSSES -> higherHalf(message.getBatchLosses());
        default -> null;
    };

    private final String run;
    private final Script script;
    private final int slowestMillis;
    private final Random delays = new Random(1);
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;
    private final ScheduledExecutorService courier = Executors.newSingleThreadScheduledExecutor();
    private final Thread thread;
    private final List<LossMessage> received = new ArrayList<>();

    PlayedSelector(String bootstrapServers, String run, Script script) {
        this(bootstrapServers, run, script, 0);
    }

    /** Delays answers randomly by up to this many milliseconds, so that they overtake each other. */
    PlayedSelector(String bootstrapServers, String run, Script script, int slowestMillis) {
        this.run = run;
        this.script = script;
        this.slowestMillis = slowestMillis;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 100),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> places = consumer.partitionsFor("batch-losses").stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(places);
        consumer.seekToEnd(places);
        places.forEach(consumer::position);
        this.thread = new Thread(this::play, "selector-of-" + run);
        this.thread.start();
    }

    private void play() {
        try (consumer) {
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofSeconds(1))) {
                    if (run.equals(message.key())) {
                        hear(message);
                    }
                }
            }
        } catch (WakeupException closing) {
            return;
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }

    private void hear(ConsumerRecord<String, byte[]> record) throws InvalidProtocolBufferException {
        LossMessage message = LossMessage.parseFrom(record.value());
        synchronized (received) {
            received.add(message);
        }
        MaskMessage.Builder answer =
                message.hasStateRequested() ? nothingToTell(message.getStateRequested()) : script.answer(message);
        if (answer != null) {
            send(
                    record.partition(),
                    answer.setRunId(run).setAttempt(message.getAttempt()).build());
        }
    }

    /** Its answers depend on the message only. */
    private static MaskMessage.Builder nothingToTell(StateRequested barrier) {
        return MaskMessage.newBuilder()
                .setSelectorState(SelectorState.newBuilder()
                        .setEpoch(barrier.getEpoch())
                        .setBatch(barrier.getBatch())
                        .setParts(1)
                        .setHistorySize(1));
    }

    private void send(int partition, MaskMessage answer) {
        int delay = slowestMillis == 0 ? 0 : delays.nextInt(slowestMillis);
        Runnable delivery = () -> {
            var unused = producer.send(new ProducerRecord<>("backprop-masks", partition, run, answer.toByteArray()));
        };
        var unused = courier.schedule(delivery, delay, TimeUnit.MILLISECONDS);
    }

    /** Returns the messages of this run so far. */
    List<LossMessage> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    List<BatchLosses> batches() {
        return received().stream()
                .filter(LossMessage::hasBatchLosses)
                .map(LossMessage::getBatchLosses)
                .toList();
    }

    static MaskMessage.Builder keepAll(LossMessage message) {
        return MaskMessage.newBuilder()
                .setEpochMask(EpochMask.newBuilder()
                        .setEpoch(message.getEpochOpened().getEpoch())
                        .setRevision(message.getEpochOpened().getRevision()));
    }

    static MaskMessage.Builder keepEven(LossMessage message, int examples) {
        BitSet even = new BitSet();
        IntStream.range(0, examples).filter(i -> i % 2 == 0).forEach(even::set);
        MaskMessage.Builder answer = keepAll(message);
        answer.getEpochMaskBuilder()
                .setKept(ByteString.copyFrom(even.toByteArray()))
                .setKeptCount(even.cardinality());
        return answer;
    }

    static MaskMessage.Builder higherHalf(BatchLosses batch) {
        int count = batch.getLossesCount() == 0 ? batch.getIndicesCount() : (batch.getLossesCount() + 1) / 2;
        BitSet selected = new BitSet();
        IntStream.range(0, batch.getIndicesCount())
                .boxed()
                .sorted((a, b) ->
                        batch.getLossesCount() == 0 ? 0 : Float.compare(batch.getLosses(b), batch.getLosses(a)))
                .limit(count)
                .forEach(selected::set);
        return MaskMessage.newBuilder()
                .setBatchMask(BatchMask.newBuilder()
                        .setEpoch(batch.getEpoch())
                        .setBatch(batch.getBatch())
                        .setRevision(batch.getRevision())
                        .setSelected(ByteString.copyFrom(selected.toByteArray()))
                        .setSelectedCount(selected.cardinality()));
    }

    @Override
    public void close() {
        consumer.wakeup();
        courier.shutdownNow();
        try {
            thread.join(10_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
