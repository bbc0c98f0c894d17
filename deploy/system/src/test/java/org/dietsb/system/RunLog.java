package org.dietsb.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;

/** The records of a run in the topics batch-losses and backprop-masks, in the order of the log, those of spans one by one. */
record RunLog(
        List<EpochOpened> epochs,
        List<BatchLosses> batches,
        List<BatchSpan> spans,
        List<EpochMask> diets,
        List<BatchMask> masks) {

    static RunLog read(Map<String, Object> kafka, String runId) {
        RunLog log = new RunLog(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        readTopic(kafka, "batch-losses", runId, value -> log.add(lossMessage(value)));
        readTopic(kafka, "backprop-masks", runId, value -> log.add(maskMessage(value)));
        return log;
    }

    private static void readTopic(Map<String, Object> kafka, String topic, String key, Consumer<byte[]> reader) {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put("fetch.max.wait.ms", 10); // closing it waits for its fetch
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> places = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(places);
            consumer.seekToBeginning(places);
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(message -> {
                    if (key.equals(message.key())) {
                        reader.accept(message.value());
                    }
                });
            }
        }
    }

    private void add(LossMessage message) {
        if (message.hasEpochOpened()) {
            epochs.add(message.getEpochOpened());
        } else if (message.hasBatchLosses()) {
            batches.add(message.getBatchLosses());
        } else if (message.hasBatchSpan()) {
            spans.add(message.getBatchSpan());
            batches.addAll(message.getBatchSpan().getBatchesList());
        }
    }

    private void add(MaskMessage message) {
        if (message.hasEpochMask()) {
            diets.add(message.getEpochMask());
        } else if (message.hasBatchMask()) {
            masks.add(message.getBatchMask());
        } else {
            masks.addAll(message.getSpanMask().getMasksList());
        }
    }

    private static LossMessage lossMessage(byte[] value) {
        try {
            return LossMessage.parseFrom(value);
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }

    private static MaskMessage maskMessage(byte[] value) {
        try {
            return MaskMessage.parseFrom(value);
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }

    Stream<BatchLosses> batchesOf(int epoch) {
        return batches.stream().filter(batch -> batch.getEpoch() == epoch);
    }

    static int count(ByteString bits) {
        return BitSet.valueOf(bits.toByteArray()).cardinality();
    }
}
