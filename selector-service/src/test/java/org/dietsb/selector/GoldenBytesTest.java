package org.dietsb.selector;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochCounts;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.JudgedBatch;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.Moment;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.RunFigures;
import org.dietsb.selector.wire.RunRecord;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.selector.wire.SpanMask;
import org.dietsb.selector.wire.Unknown;
import org.dietsb.selector.wire.UsageChunk;
import org.junit.jupiter.api.Test;

/** Messages of every kind as they once were written: they must stay readable, and be written the same. */
class GoldenBytesTest {

    @Test
    void policyChange() throws IOException {
        same(
                "policy-change",
                PolicyChange.newBuilder()
                        .setRunId("run-1")
                        .setRevision(3)
                        .setReplaces(2)
                        .setPolicy(Policy.newBuilder()
                                .setKind(Policy.Kind.DIET_SELECTIVE)
                                .setKeep(.75)
                                .setRule(Policy.Rule.PERCENTILE)
                                .setHistorySize(1024)
                                .setBatching(Policy.Batching.ACCUMULATE)
                                .setStart(.125)
                                .setEnd(.875)
                                .setInterrupt(5)
                                .setPrePruned(.25)
                                .setOrder(Policy.DietOrder.HIGHEST)
                                .setBalanced(true)
                                .setScoreSet("scores-1"))
                        .setWho("someone")
                        .setEpochMillis(1_700_000_000_000L)
                        .build());
    }

    @Test
    void scheduledPolicyChange() throws IOException {
        same(
                "policy-change-scheduled",
                PolicyChange.newBuilder()
                        .setRunId("run-1")
                        .setRevision(4)
                        .setReplaces(3)
                        .setPolicy(Policy.newBuilder().setKind(Policy.Kind.BASELINE))
                        .setWho("someone")
                        .setEpochMillis(1_700_000_000_000L)
                        .setFrom(Moment.newBuilder().setEpoch(3))
                        .setUntil(Moment.newBuilder().setProgress(.75))
                        .setRollsBackTo(0)
                        .build());
    }

    @Test
    void epochMask() throws IOException {
        same(
                "epoch-mask",
                answer().setEpochMask(EpochMask.newBuilder()
                                .setEpoch(1)
                                .setRevision(2)
                                .setKept(ByteString.copyFrom(new byte[] {(byte) 0xF5, 3}))
                                .setKeptCount(8))
                        .build());
    }

    @Test
    void weightedEpochMask() throws IOException {
        same(
                "epoch-mask-weighted",
                answer().setEpochMask(EpochMask.newBuilder()
                                .setEpoch(2)
                                .setRevision(1)
                                .setKept(ByteString.copyFrom(new byte[] {(byte) 0xF5, 3}))
                                .setKeptCount(8)
                                .setWeighted(ByteString.copyFrom(new byte[] {5, 0}))
                                .setWeight(2))
                        .build());
    }

    @Test
    void epochMaskPart() throws IOException {
        same(
                "epoch-mask-part",
                answer().setEpochMaskPart(EpochMaskPart.newBuilder()
                                .setEpoch(2)
                                .setRevision(1)
                                .setPart(1)
                                .setParts(2)
                                .setKept(ByteString.copyFrom(new byte[] {(byte) 0xF5, 3}))
                                .setKeptCount(8)
                                .setWeighted(ByteString.copyFrom(new byte[] {5, 0}))
                                .setWeight(2))
                        .build());
    }

    @Test
    void epochRecordPart() throws IOException {
        same(
                "epoch-record-part",
                MaskRecord.newBuilder()
                        .setRunId("run-1")
                        .setAttempt(42)
                        .setEpochPart(EpochRecord.newBuilder()
                                .setEpoch(3)
                                .setSelected(ByteString.copyFrom(new byte[] {5, 1}))
                                .setPolicy(Policy.newBuilder()
                                        .setKind(Policy.Kind.RANDOM)
                                        .setKeep(.5))
                                .setPart(1)
                                .setParts(2))
                        .build());
    }

    @Test
    void policyByTheLossesOfAProxy() throws IOException {
        same(
                "policy-proxy",
                Policy.newBuilder()
                        .setKind(Policy.Kind.SELECTIVE)
                        .setKeep(.5)
                        .setProxy("resnet8")
                        .build());
    }

    @Test
    void policyOfStaleScaledLosses() throws IOException {
        same(
                "policy-stale",
                Policy.newBuilder()
                        .setKind(Policy.Kind.SELECTIVE)
                        .setKeep(.5)
                        .setEnd(1)
                        .setLossesEvery(3)
                        .setSelectionScale(.5)
                        .build());
    }

    @Test
    void batchMask() throws IOException {
        same(
                "batch-mask",
                answer().setBatchMask(BatchMask.newBuilder()
                                .setEpoch(1)
                                .setBatch(9)
                                .setRevision(2)
                                .setSelected(ByteString.copyFrom(new byte[] {5}))
                                .setSelectedCount(2)
                                .addWeights(1)
                                .addWeights(2))
                        .build());
    }

    @Test
    void spanMask() throws IOException {
        same(
                "span-mask",
                answer().setSpanMask(SpanMask.newBuilder()
                                .addMasks(BatchMask.newBuilder()
                                        .setEpoch(1)
                                        .setBatch(9)
                                        .setRevision(2)
                                        .setSelected(ByteString.copyFrom(new byte[] {5}))
                                        .setSelectedCount(2))
                                .addMasks(BatchMask.newBuilder()
                                        .setEpoch(1)
                                        .setBatch(10)
                                        .setRevision(2)
                                        .setSelected(ByteString.copyFrom(new byte[] {2}))
                                        .setSelectedCount(1)))
                        .build());
    }

    @Test
    void epochMaskOfASelectorThatTakesSpans() throws IOException {
        same(
                "epoch-mask-spans",
                answer().setEpochMask(EpochMask.newBuilder()
                                .setEpoch(1)
                                .setRevision(2)
                                .setKeptCount(8))
                        .setTakesSpans(true)
                        .build());
    }

    @Test
    void selectorState() throws IOException {
        same(
                "selector-state",
                answer().setSelectorState(SelectorState.newBuilder()
                                .setEpoch(2)
                                .setBatch(7)
                                .setPart(1)
                                .setParts(3)
                                .setHistorySize(1024)
                                .addHistory(.5f)
                                .addHistory(2)
                                .setFirstIndex(300)
                                .addLastLosses(Float.NaN)
                                .addLastLosses(1))
                        .build());
    }

    @Test
    void refusals() throws IOException {
        same("fenced", answer().setFenced(Fenced.newBuilder().setByAttempt(13)).build());
        same("unknown", answer().setUnknown(Unknown.getDefaultInstance()).build());
        same(
                "refused",
                answer().setRefused(Refused.newBuilder().setEpoch(4).setReason("no such scores"))
                        .build());
    }

    private static MaskMessage.Builder answer() {
        return MaskMessage.newBuilder().setRunId("run-1").setAttempt(12);
    }

    @Test
    void countsOfASelectorState() throws IOException {
        same(
                "selector-state-counts",
                answer().setSelectorState(SelectorState.newBuilder()
                                .setEpoch(2)
                                .setBatch(7)
                                .setPart(2)
                                .setParts(3)
                                .setHistorySize(1024)
                                .setFirstSelected(300)
                                .addTimesSelected(0)
                                .addTimesSelected(1)
                                .addTimesSelected(300)
                                .addTimesSelected(65_535))
                        .build());
    }

    @Test
    void runFigures() throws IOException {
        same(
                "run-figures",
                report().setFigures(RunFigures.newBuilder()
                                .setSeed(7)
                                .setExamples(1_000)
                                .setEpoch(2)
                                .setBatch(8)
                                .addEpochs(EpochCounts.newBuilder()
                                        .setEpoch(2)
                                        .setFirstBatch(3)
                                        .setAnnounced(96)
                                        .setSelected(48)
                                        .setKept(75)
                                        .addLossesSeen(90)
                                        .addLossesSeen(6)
                                        .addLossesSelected(44)
                                        .addLossesSelected(4))
                                .addLossBounds(.5)
                                .addLastBatches(JudgedBatch.newBuilder()
                                        .setEpoch(2)
                                        .setBatch(7)
                                        .setRevision(1)
                                        .setPolicy(Policy.newBuilder()
                                                .setKind(Policy.Kind.BASELINE)
                                                .setKeep(1))
                                        .addIndices(5)
                                        .addIndices(300)
                                        .addLosses(.5f)
                                        .addLosses(2)
                                        .setSelected(ByteString.copyFrom(new byte[] {2})))
                                .addHistoryBefore(1.5f)
                                .setFingerprint("f00d"))
                        .build());
    }

    @Test
    void usageChunk() throws IOException {
        same(
                "usage-chunk",
                report().setUsage(UsageChunk.newBuilder()
                                .setEpoch(2)
                                .setBatch(8)
                                .setExamples(3)
                                .setChunks(1)
                                .addTimesSelected(0)
                                .addTimesSelected(2)
                                .addTimesSelected(65_535))
                        .build());
    }

    @Test
    void epochRecord() throws IOException {
        same(
                "epoch-record",
                MaskRecord.newBuilder()
                        .setRunId("run-1")
                        .setAttempt(42)
                        .setEpoch(EpochRecord.newBuilder()
                                .setEpoch(3)
                                .setSelected(ByteString.copyFrom(new byte[] {5, 1}))
                                .setKept(ByteString.copyFrom(new byte[] {7, 1}))
                                .setFirstBatch(2)
                                .setWeighted(true)
                                .setPolicy(Policy.newBuilder()
                                        .setKind(Policy.Kind.REPLAY)
                                        .setKeep(1)
                                        .setOf("run-0@0123456789abcdef")))
                        .build());
    }

    @Test
    void runRecord() throws IOException {
        same(
                "run-record",
                MaskRecord.newBuilder()
                        .setRunId("run-1")
                        .setAttempt(42)
                        .setRun(RunRecord.newBuilder()
                                .setDataset("nine")
                                .setExamples(9)
                                .setFingerprint("nine-images")
                                .setModel("resnet8")
                                .setSeed(-7)
                                .setBatchSize(4)
                                .setEpochs(3)
                                .setReason("completed")
                                .setAccuracy(.5))
                        .build());
    }

    @Test
    void selectorStateWithARecord() throws IOException {
        same(
                "selector-state-record",
                MaskMessage.newBuilder()
                        .setRunId("run-1")
                        .setAttempt(42)
                        .setSelectorState(SelectorState.newBuilder()
                                .setEpoch(3)
                                .setBatch(8)
                                .setParts(1)
                                .setHistorySize(1)
                                .setRecord(ByteString.copyFrom(new byte[] {8, 3})))
                        .build());
    }

    private static SelectionReport.Builder report() {
        return SelectionReport.newBuilder().setRunId("run-1").setAttempt(42).setEpochMillis(1_700_000_000_000L);
    }

    private static void same(String name, Message message) throws IOException {
        try (InputStream stored =
                Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("/golden/" + name + ".hex"), name)) {
            byte[] bytes =
                    HexFormat.of().parseHex(new String(stored.readAllBytes(), StandardCharsets.US_ASCII).strip());
            assertThat(read(message, bytes)).isEqualTo(message);
            assertThat(HexFormat.of().formatHex(message.toByteArray()))
                    .as(name)
                    .isEqualTo(HexFormat.of().formatHex(bytes));
        }
    }

    private static Message read(Message like, byte[] bytes) throws InvalidProtocolBufferException {
        return like.getParserForType().parseFrom(bytes);
    }
}
