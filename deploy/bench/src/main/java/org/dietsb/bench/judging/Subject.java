package org.dietsb.bench.judging;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.BitSet;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyBuilder;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.Batch;
import org.dietsb.selector.policy.BatchRule;
import org.dietsb.selector.policy.EpochRule;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;

/** A rule, with a keep whose powers are not trivial, or an encoding, whose time is measured. */
public enum Subject {
    RANDOM("random", losses -> rule(Policy.ofKind(PolicyKind.RANDOM), losses)),
    RANK("selective, rank", losses -> rule(Policy.ofKind(PolicyKind.SELECTIVE), losses)),
    PERCENTILE("selective, percentile", losses -> percentile(Math.max(1024, losses[0].length), losses)),
    LONGEST_PERCENTILE("selective, percentile of a million", losses -> percentile(Policy.LARGEST_HISTORY, losses)),
    INFOBATCH("infobatch", losses -> byEpoch(PolicyKind.INFOBATCH, losses)),
    ORDERDP("orderdp", losses -> byEpoch(PolicyKind.ORDERDP, losses)),
    RS2("rs2", losses -> byEpoch(PolicyKind.RS2, losses)),
    PROGRESSIVE("progressive", losses -> byEpoch(PolicyKind.PROGRESSIVE, losses)),
    SETA("seta", losses -> byEpoch(PolicyKind.SETA, losses)),
    DIET("diet", scores -> {
        ScoreSet set = new ScoreSet("scores", "", scores[0], new int[scores[0].length]);
        Diet diet = new Diet(.25, Policy.DietOrder.LOWEST, false);
        return epoch -> diet.kept(scores[0].length, Subject.SEED, set);
    }),
    LOSSES_ENCODED("BatchLosses encoded", losses -> {
        int[] indices = indices(losses[0].length);
        return batch -> encodedLosses(indices, losses[0]);
    }),
    LOSSES_DECODED("BatchLosses decoded", losses -> {
        byte[] bytes = encodedLosses(indices(losses[0].length), losses[0]);
        return batch -> decodedLosses(bytes);
    }),
    MASK_ENCODED("BatchMask encoded", losses -> {
        BitSet selected = selected(losses[0].length);
        return batch -> encodedMask(selected);
    }),
    MASK_DECODED("BatchMask decoded", losses -> {
        byte[] bytes = encodedMask(selected(losses[0].length));
        return batch -> decodedMask(bytes);
    });

    static final int SEED = 7;
    private static final double KEEP = 1 / 3.;

    final String words;
    /** Maps batches of losses to a function that does the work of the n-th batch or epoch. */
    final Function<float[][], IntFunction<Object>> work;

    Subject(String words, Function<float[][], IntFunction<Object>> work) {
        this.words = words;
        this.work = work;
    }

    /** Returns whether it judges, by a history that is not an explicit choice of a million losses. */
    boolean hasLimit() {
        return ordinal() <= DIET.ordinal() && this != LONGEST_PERCENTILE;
    }

    private static IntFunction<Object> byEpoch(PolicyKind kind, float[][] losses) {
        EpochRule rule = EpochRule.of(Policy.ofKind(kind).build());
        return epoch -> {
            float[] last = losses[Math.floorMod(epoch, losses.length)];
            return rule.choose(new EpochRule.Epoch(SEED, epoch + 1, last.length), index -> last[index]);
        };
    }

    private static IntFunction<Object> percentile(int historySize, float[][] losses) {
        return rule(
                Policy.ofKind(PolicyKind.SELECTIVE).rule(Policy.Rule.PERCENTILE).historySize(historySize), losses);
    }

    private static IntFunction<Object> rule(PolicyBuilder builder, float[][] losses) {
        Policy policy = builder.keep(KEEP).build();
        BatchRule rule = BatchRule.of(policy);
        LossHistory history = new LossHistory(policy.historySize());
        for (int filled = 0, i = 0; filled < policy.historySize(); filled += losses[0].length, i++) {
            history.append(losses[i % losses.length]);
        }
        return batch -> {
            float[] ofBatch = losses[batch % losses.length];
            return rule.select(new Batch(SEED, 1, batch, ofBatch.length, ofBatch), history);
        };
    }

    /** Draws indices of a training set as large as CIFAR's. */
    private static int[] indices(int examples) {
        return new Random(SEED).ints(examples, 0, 50_000).toArray();
    }

    private static BitSet selected(int examples) {
        BitSet selected = new BitSet();
        Random random = new Random(SEED);
        for (int i = 0; i < examples; i++) {
            selected.set(i, random.nextBoolean());
        }
        return selected;
    }

    /** As in the trainer. */
    private static byte[] encodedLosses(int[] indices, float[] losses) {
        BatchLosses.Builder batch = BatchLosses.newBuilder().setEpoch(1).setBatch(2);
        for (int index : indices) {
            batch.addIndices(index);
        }
        for (float loss : losses) {
            batch.addLosses(loss);
        }
        return LossMessage.newBuilder()
                .setRunId("run-1")
                .setAttempt(1_000)
                .setBatchLosses(batch)
                .build()
                .toByteArray();
    }

    /** As in the selector, to arrays. */
    private static float[] decodedLosses(byte[] bytes) {
        try {
            BatchLosses batch = LossMessage.parseFrom(bytes).getBatchLosses();
            int[] places = new int[batch.getIndicesCount()];
            float[] values = new float[batch.getLossesCount()];
            for (int i = 0; i < places.length; i++) {
                places[i] = batch.getIndices(i);
                values[i] = batch.getLosses(i) + places[i];
            }
            return values;
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As in the selector. */
    private static byte[] encodedMask(BitSet selected) {
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

    /** As in the trainer, to bits. */
    private static BitSet decodedMask(byte[] bytes) {
        try {
            return BitSet.valueOf(
                    MaskMessage.parseFrom(bytes).getBatchMask().getSelected().asReadOnlyByteBuffer());
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
