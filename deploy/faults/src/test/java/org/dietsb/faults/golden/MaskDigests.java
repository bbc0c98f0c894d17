package org.dietsb.faults.golden;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.testbed.Clients;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;

/** What lies in the topics of a run, as one SHA-256 for each epoch: its mask, and of each batch the examples and the mask. */
final class MaskDigests {
    private final Map<Integer, EpochMask> epochs = new TreeMap<>();
    private final Map<Integer, Map<Integer, BatchLosses>> announced = new TreeMap<>();
    private final Map<Integer, Map<Integer, BatchMask>> masks = new TreeMap<>();

    private MaskDigests() {}

    /** Reads the topics to their ends. */
    static MaskDigests of(String run, int partition, String bootstrapServers) throws InvalidProtocolBufferException {
        MaskDigests found = new MaskDigests();
        for (ConsumerRecord<String, byte[]> record : whole("batch-losses", partition, bootstrapServers)) {
            LossMessage message = LossMessage.parseFrom(record.value());
            if (message.getRunId().equals(run)) {
                found.read(message);
            }
        }
        for (ConsumerRecord<String, byte[]> record : whole("backprop-masks", partition, bootstrapServers)) {
            MaskMessage message = MaskMessage.parseFrom(record.value());
            if (message.getRunId().equals(run)) {
                found.read(message);
            }
        }
        return found;
    }

    private static List<ConsumerRecord<String, byte[]>> whole(String topic, int partition, String bootstrapServers) {
        TopicPartition place = new TopicPartition(topic, partition);
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = Clients.consumer(bootstrapServers)) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end =
                    Objects.requireNonNull(consumer.endOffsets(List.of(place)).get(place));
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    private void read(LossMessage message) {
        if (message.hasBatchLosses()) {
            read(message.getBatchLosses());
        }
        message.getBatchSpan().getBatchesList().forEach(this::read);
    }

    private void read(BatchLosses batch) {
        announced.computeIfAbsent(batch.getEpoch(), epoch -> new TreeMap<>()).put(batch.getBatch(), batch);
    }

    private void read(MaskMessage message) {
        if (message.hasEpochMask()) {
            epochs.put(message.getEpochMask().getEpoch(), message.getEpochMask());
        }
        if (message.hasBatchMask()) {
            read(message.getBatchMask());
        }
        message.getSpanMask().getMasksList().forEach(this::read);
    }

    private void read(BatchMask mask) {
        masks.computeIfAbsent(mask.getEpoch(), epoch -> new TreeMap<>()).put(mask.getBatch(), mask);
    }

    /** Number of masks of batches. */
    int count() {
        return masks.values().stream().mapToInt(Map::size).sum();
    }

    /** Returns the digests of the epochs, in hex, in their order. */
    List<String> perEpoch() {
        return epochs.keySet().stream()
                .filter(announced::containsKey)
                .map(this::digest)
                .toList();
    }

    private String digest(int epoch) {
        MessageDigest sha = sha256();
        EpochMask mask = Objects.requireNonNull(epochs.get(epoch));
        sha.update(mask.getKept().toByteArray());
        sha.update(mask.getWeighted().toByteArray());
        sha.update(floats(List.of(mask.getWeight())));
        Objects.requireNonNull(announced.get(epoch)).forEach((number, batch) -> {
            BatchMask ofBatch = Objects.requireNonNull(
                    Objects.requireNonNull(masks.get(epoch)).get(number));
            ByteBuffer indices =
                    ByteBuffer.allocate(4 * batch.getIndicesCount()).order(ByteOrder.LITTLE_ENDIAN);
            batch.getIndicesList().forEach(indices::putInt);
            sha.update(indices.array());
            sha.update(ofBatch.getSelected().toByteArray());
            sha.update(floats(ofBatch.getWeightsList()));
        });
        return HexFormat.of().formatHex(sha.digest());
    }

    private static byte[] floats(List<Float> values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(bytes::putFloat);
        return bytes.array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
