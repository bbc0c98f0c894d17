package org.dietsb.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.BitSet;
import java.util.Random;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How long a batch's losses and its mask take between arrays and bytes. */
@State(Scope.Thread)
public class EncodingBenchmark {
    /** Of a training set as large as CIFAR's. */
    private static final int TRAINING_SET = 50_000;

    @Param("128")
    int examples;

    private int[] indices = {};
    private float[] losses = {};
    private BitSet selected = new BitSet();
    private byte[] lossBytes = {};
    private byte[] maskBytes = {};

    /** What is encoded, and what is decoded. */
    @Setup
    public void fill() {
        Random random = new Random(7);
        indices = random.ints(examples, 0, TRAINING_SET).toArray();
        losses = new float[examples];
        for (int i = 0; i < examples; i++) {
            losses[i] = random.nextFloat();
            selected.set(i, random.nextBoolean());
        }
        lossBytes = encodeBatchLosses();
        maskBytes = encodeBatchMask();
    }

    /** As the trainer does. */
    @Benchmark
    public byte[] encodeBatchLosses() {
        BatchLosses.Builder batch = BatchLosses.newBuilder().setEpoch(1).setBatch(2);
        for (int index : indices) {
            batch.addIndices(index);
        }
        for (float loss : losses) {
            batch.addLosses(loss);
        }
        return message().setBatchLosses(batch).build().toByteArray();
    }

    private static LossMessage.Builder message() {
        return LossMessage.newBuilder().setRunId("run-1").setAttempt(1_000);
    }

    /** As the selector does: to arrays. */
    @Benchmark
    public float[] decodeBatchLosses() throws InvalidProtocolBufferException {
        BatchLosses batch = LossMessage.parseFrom(lossBytes).getBatchLosses();
        int[] places = new int[batch.getIndicesCount()];
        float[] values = new float[batch.getLossesCount()];
        for (int i = 0; i < places.length; i++) {
            places[i] = batch.getIndices(i);
            values[i] = batch.getLosses(i) + places[i];
        }
        return values;
    }

    /** As the selector does. */
    @Benchmark
    public byte[] encodeBatchMask() {
        return MaskMessage.newBuilder()
                .setRunId("run-1")
                .setAttempt(1_000)
                .setBatchMask(BatchMask.newBuilder()
                        .setEpoch(1)
                        .setBatch(2)
                        .setSelected(ByteString.copyFrom(selected.toByteArray()))
                        .setSelectedCount(selected.cardinality()))
                .build()
                .toByteArray();
    }

    /** As the trainer does: to bits. */
    @Benchmark
    public BitSet decodeBatchMask() throws InvalidProtocolBufferException {
        return BitSet.valueOf(
                MaskMessage.parseFrom(maskBytes).getBatchMask().getSelected().asReadOnlyByteBuffer());
    }
}
