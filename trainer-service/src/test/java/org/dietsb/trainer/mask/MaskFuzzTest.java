package org.dietsb.trainer.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.dietsb.kit.topic.Mutations;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.SpanMask;
import org.dietsb.selector.wire.Unknown;
import org.junit.jupiter.api.Test;

/** Any message of backprop-masks is a valid answer, not for this attempt, or a dead letter. */
class MaskFuzzTest {
    private static final int EXAMPLES = 20;

    @Test
    void everyMessageIsAccountedFor() {
        ByteString bits = ByteString.copyFrom(new byte[] {(byte) 0b1011, 0, 1});
        List<byte[]> valid = List.of(
                message()
                        .setEpochMask(EpochMask.newBuilder()
                                .setEpoch(1)
                                .setRevision(2)
                                .setKept(bits)
                                .setKeptCount(4)
                                .setWeighted(bits)
                                .setWeight(2))
                        .build()
                        .toByteArray(),
                message()
                        .setEpochMaskPart(EpochMaskPart.newBuilder()
                                .setEpoch(1)
                                .setRevision(2)
                                .setParts(1)
                                .setKept(bits)
                                .setKeptCount(4)
                                .setWeighted(bits)
                                .setWeight(2))
                        .build()
                        .toByteArray(),
                message()
                        .setBatchMask(BatchMask.newBuilder()
                                .setEpoch(1)
                                .setBatch(3)
                                .setRevision(2)
                                .setSelected(bits)
                                .setSelectedCount(4)
                                .addAllWeights(List.of(1f, 2f, 3f, 4f)))
                        .build()
                        .toByteArray(),
                message()
                        .setSpanMask(SpanMask.newBuilder()
                                .addMasks(BatchMask.newBuilder()
                                        .setEpoch(1)
                                        .setBatch(3)
                                        .setRevision(2)
                                        .setSelected(bits)
                                        .setSelectedCount(4))
                                .addMasks(BatchMask.newBuilder()
                                        .setEpoch(1)
                                        .setBatch(4)
                                        .setRevision(2)
                                        .setSelected(bits)
                                        .setSelectedCount(4)))
                        .build()
                        .toByteArray(),
                message().setFenced(Fenced.newBuilder().setByAttempt(9)).build().toByteArray(),
                message().setUnknown(Unknown.getDefaultInstance()).build().toByteArray(),
                message()
                        .setRefused(Refused.newBuilder().setReason("no room"))
                        .build()
                        .toByteArray());
        Mutations mutations = new Mutations(new Random(TopicFuzz.SEED));
        long started = System.nanoTime();
        int answers = 0;
        int ignored = 0;
        int poison = 0;
        for (int i = 0; i < Mutations.MESSAGES; i++) {
            try {
                Optional<Answer> answer = KafkaMaskReader.parse(mutations.of(valid), 7, EXAMPLES);
                answer.ifPresent(MaskFuzzTest::isWithinBounds);
                if (answer.isPresent()) {
                    answers++;
                } else {
                    ignored++;
                }
            } catch (InvalidProtocolBufferException | IllegalArgumentException declared) {
                poison++;
            } catch (RuntimeException undeclared) {
                throw new AssertionError("seed " + TopicFuzz.SEED + ", message " + i, undeclared);
            }
        }
        System.out.printf(
                "backprop-masks: %d fed = %d answers + %d ignored + %d poison, %.1f s%n",
                Mutations.MESSAGES, answers, ignored, poison, (System.nanoTime() - started) / 1e9);
        assertThat(answers + ignored + poison).as("seed %d", TopicFuzz.SEED).isEqualTo(Mutations.MESSAGES);
        assertThat(List.of(answers, ignored, poison)).allMatch(count -> count > 0);
    }

    private static void isWithinBounds(Answer answer) {
        if (answer instanceof Answer.BatchMask mask) {
            areWithinBounds(mask.selected());
        } else if (answer instanceof Answer.SpanMask span) {
            span.masks().forEach(mask -> areWithinBounds(mask.selected()));
        } else if (answer instanceof Answer.EpochPart part) {
            areWithinBounds(
                    part.kept().stream().map(place -> part.first() + place).toArray());
        } else if (answer instanceof Answer.EpochMask mask && mask.kept() != null) {
            areWithinBounds(mask.kept());
        }
    }

    private static void areWithinBounds(int[] places) {
        for (int place : places) {
            if (place < 0 || place >= EXAMPLES) {
                throw new AssertionError("seed " + TopicFuzz.SEED + ": place " + place);
            }
        }
    }

    private static MaskMessage.Builder message() {
        return MaskMessage.newBuilder().setRunId("a").setAttempt(7);
    }
}
