package org.dietsb.trainer;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.Barrier;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.Budget;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.ClassCount;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.GivenFile;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.dietsb.trainer.wire.ScoringMember;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.Take;
import org.dietsb.trainer.wire.TimedOut;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of every kind as earlier versions wrote them: they must remain readable, and be written with the same bytes. */
class GoldenBytesTest {
    private static final DatasetIdentity IDENTITY = DatasetIdentity.newBuilder()
            .setName("fashion-mini")
            .setCount(10_000)
            .setClasses(10)
            .setChecksum("f00d")
            .build();
    private static final Policy POLICY = Policy.newBuilder()
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
            .setScoreSet("scores-1")
            .build();
    /** An order with user files, pictures and an accuracy to stop at. */
    private static final TrainingOrder OWN = TrainingOrder.newBuilder()
            .setRunId("run-2")
            .setDataset(DatasetChoice.newBuilder()
                    .setName("folder")
                    .setDataDir("/data")
                    .setImageSize(64))
            .setModel("pt-0123456789ab")
            .setStopAtAccuracy(.875)
            .setInit(GivenFile.newBuilder().setPath("/data/a.safetensors").setChecksum("f00d"))
            .setModelFile(GivenFile.newBuilder().setPath("/data/b.pt").setChecksum("beef"))
            .build();

    private static final TrainingOrder ORDER = TrainingOrder.newBuilder()
            .setRunId("run-1")
            .setDataset(DatasetChoice.newBuilder()
                    .setName("fashion-mini")
                    .setDataDir("/data")
                    .setLimit(500))
            .setModel("resnet20")
            .setSeed(-7)
            .setRecipe(Recipe.newBuilder()
                    .setEpochs(200)
                    .setBudget(Budget.newBuilder().setSteps(78_000))
                    .setBatchSize(128)
                    .setLearningRate(.1)
                    .setSchedule(Recipe.Schedule.STEP)
                    .setWarmupEpochs(1.5)
                    .setMomentum(.9)
                    .setWeightDecay(5e-4)
                    .setCrop(true)
                    .setFlip(true))
            .setWindow(4)
            .setFirstPolicy(POLICY)
            .setMaskTimeoutMillis(30_000)
            .setOnTimeout(TrainingOrder.OnTimeout.RANDOM_AT_LAST_KEEP)
            .setEvaluateEvery(5)
            .setMember(ScoringMember.newBuilder()
                    .setScoringId("scoring-1")
                    .setMember(3)
                    .setStopAfterEpochs(20))
            .build();

    private static final Map<String, Message> MESSAGES = Map.ofEntries(
            entry("training-order", ORDER),
            entry("training-order-own", OWN),
            entry(
                    "training-order-tagged",
                    TrainingOrder.newBuilder()
                            .setRunId("run-2")
                            .addTags("a")
                            .addTags("b.c")
                            .build()),
            entry(
                    "training-order-passes",
                    TrainingOrder.newBuilder()
                            .setRunId("run-2")
                            .setRecipe(Recipe.newBuilder()
                                    .setBudget(Budget.newBuilder().setPasses(12.5)))
                            .build()),
            entry(
                    "attempt-opened",
                    LossMessage.newBuilder()
                            .setRunId("run-1")
                            .setAttemptOpened(AttemptOpened.newBuilder()
                                    .setDataset(IDENTITY)
                                    .setModel("resnet20")
                                    .setSeed(-7)
                                    .setEpochs(200)
                                    .setBatchSize(128)
                                    .setWindow(4))
                            .build()),
            entry(
                    "attempt-opened-parts",
                    LossMessage.newBuilder()
                            .setRunId("run-2")
                            .setAttemptOpened(AttemptOpened.newBuilder().setReadsParts(true))
                            .build()),
            entry(
                    "attempt-opened-spans",
                    LossMessage.newBuilder()
                            .setRunId("run-2")
                            .setAttemptOpened(AttemptOpened.newBuilder().setReadsSpans(true))
                            .build()),
            entry(
                    "batch-span",
                    losses().setBatchSpan(BatchSpan.newBuilder()
                                    .addBatches(BatchLosses.newBuilder()
                                            .setEpoch(2)
                                            .setBatch(9)
                                            .setRevision(1)
                                            .addIndices(0)
                                            .addIndices(49_999)
                                            .setWhole(true))
                                    .addBatches(BatchLosses.newBuilder()
                                            .setEpoch(2)
                                            .setBatch(10)
                                            .setRevision(1)
                                            .addIndices(300)))
                            .build()),
            entry(
                    "trained-steps",
                    losses().setTrainedSteps(TrainedSteps.newBuilder()
                                    .addSteps(TrainedLosses.newBuilder()
                                            .setEpoch(2)
                                            .addIndices(3)
                                            .addLosses(.5f))
                                    .addSteps(TrainedLosses.newBuilder()
                                            .setEpoch(2)
                                            .addIndices(300)
                                            .addLosses(2)))
                            .build()),
            entry(
                    "training-order-proxy",
                    TrainingOrder.newBuilder()
                            .setRunId("run-2-proxy")
                            .setProxyOf("run-2")
                            .setFirstPolicy(Policy.newBuilder()
                                    .setKind(Policy.Kind.SELECTIVE)
                                    .setProxy("resnet8"))
                            .build()),
            entry(
                    "attempt-opened-pair",
                    LossMessage.newBuilder()
                            .setRunId("run-2")
                            .setAttemptOpened(AttemptOpened.newBuilder()
                                    .setProxy("run-2-proxy")
                                    .setProxyOf("run-3"))
                            .build()),
            entry(
                    "epoch-opened",
                    losses().setEpochOpened(EpochOpened.newBuilder()
                                    .setEpoch(2)
                                    .setRevision(1)
                                    .setPolicy(POLICY))
                            .build()),
            entry(
                    "epoch-opened-whole",
                    losses().setEpochOpened(EpochOpened.newBuilder()
                                    .setEpoch(9)
                                    .setRevision(1)
                                    .setWhole(true))
                            .build()),
            entry(
                    "state-requested",
                    losses().setStateRequested(
                                    StateRequested.newBuilder().setEpoch(2).setBatch(9))
                            .build()),
            entry(
                    "state-given",
                    losses().setStateGiven(StateGiven.newBuilder()
                                    .setOpened(AttemptOpened.newBuilder().setModel("resnet20"))
                                    .setState(SelectorState.newBuilder()
                                            .setEpoch(2)
                                            .setBatch(9)
                                            .setParts(1)
                                            .setHistorySize(2)
                                            .addHistory(.5f)
                                            .setFirstIndex(3)
                                            .addLastLosses(2)))
                            .build()),
            entry(
                    "trained-losses",
                    losses().setTrainedLosses(TrainedLosses.newBuilder()
                                    .setEpoch(2)
                                    .addIndices(3)
                                    .addIndices(300)
                                    .addLosses(.5f)
                                    .addLosses(2))
                            .build()),
            entry(
                    "trained-losses-classified",
                    losses().setTrainedLosses(TrainedLosses.newBuilder()
                                    .setEpoch(2)
                                    .addIndices(3)
                                    .addIndices(300)
                                    .addLosses(.5f)
                                    .addLosses(2)
                                    .setCorrect(ByteString.copyFrom(new byte[] {1})))
                            .build()),
            entry(
                    "batch-losses-classified",
                    losses().setBatchLosses(BatchLosses.newBuilder()
                                    .setEpoch(2)
                                    .setBatch(9)
                                    .setRevision(1)
                                    .addIndices(0)
                                    .addIndices(49_999)
                                    .addLosses(0)
                                    .addLosses(2.5f)
                                    .setCorrect(ByteString.copyFrom(new byte[] {1})))
                            .build()),
            entry(
                    "batch-losses",
                    losses().setBatchLosses(BatchLosses.newBuilder()
                                    .setEpoch(2)
                                    .setBatch(9)
                                    .setRevision(1)
                                    .setPolicy(POLICY)
                                    .addIndices(0)
                                    .addIndices(49_999)
                                    .addLosses(0)
                                    .addLosses(2.5f)
                                    .setWhole(true)
                                    .addTimedOut(TimedOut.newBuilder()
                                            .setEpoch(1)
                                            .setBatch(8)
                                            .setDone(TrainingOrder.OnTimeout.WHOLE)))
                            .build()),
            entry(
                    "attempt-closed",
                    losses().setAttemptClosed(AttemptClosed.newBuilder().setReason("completed"))
                            .build()),
            entry(
                    "attempt-closed-after-time-outs",
                    losses().setAttemptClosed(AttemptClosed.newBuilder()
                                    .setReason("completed")
                                    .addTimedOut(TimedOut.newBuilder()
                                            .setEpoch(3)
                                            .setBatch(78)
                                            .setDone(TrainingOrder.OnTimeout.RANDOM_AT_LAST_KEEP)))
                            .build()),
            entry(
                    "prediction-errors",
                    PredictionMessage.newBuilder()
                            .setErrors(PredictionErrors.newBuilder()
                                    .setScoringId("scoring-1")
                                    .setMember(3)
                                    .setRunId("run-1")
                                    .setAttempt(12)
                                    .setDataset(IDENTITY)
                                    .setSeed(-7)
                                    .setFirstIndex(10_000)
                                    .addErrorNorms(.25f)
                                    .addErrorNorms(1.4142135f)
                                    .addLabels(9)
                                    .addLabels(0)
                                    .setSeconds(12.25)
                                    .setExamplesTrained(60_000))
                            .build()),
            entry(
                    "prediction-failed",
                    PredictionMessage.newBuilder()
                            .setFailed(PredictionFailed.newBuilder()
                                    .setScoringId("scoring-1")
                                    .setMember(3)
                                    .setRunId("run-1")
                                    .setAttempt(12)
                                    .setReason("no memory"))
                            .build()),
            entry(
                    "run",
                    RunEvent.newBuilder()
                            .setRun(Run.newBuilder()
                                    .setOrder(ORDER)
                                    .setAttempt(12)
                                    .setState(Run.State.FAILED)
                                    .setReason("no memory")
                                    .setDataset(IDENTITY)
                                    .setQueuedMillis(1_700_000_000_000L)
                                    .setStartedMillis(1_700_000_001_000L)
                                    .setEndedMillis(1_700_000_002_000L)
                                    .addPolicies(PlacedPolicy.newBuilder()
                                            .setRevision(1)
                                            .setPolicy(POLICY)
                                            .setEpoch(2)
                                            .setBatch(9))
                                    .addEpochs(Epoch.newBuilder()
                                            .setEpoch(1)
                                            .setAccuracy(.875)
                                            .setTrainLoss(.5)
                                            .setLearningRate(.1)
                                            .setSeconds(12.25)
                                            .setSeen(10_000)
                                            .setSelected(5_000)
                                            .setSteps(79)
                                            .setBackwardExamples(5_000)
                                            .setSelectionExamples(10_000)
                                            .setMeanLossSeen(1.5)
                                            .setMeanLossSelected(2.5)
                                            .setMaskWaitSeconds(.25)
                                            .setMaskTimeouts(2)
                                            .addPolicyRevisions(0)
                                            .addPolicyRevisions(1)
                                            .setEvaluationSeconds(1.75))
                                    .setPosition(Position.newBuilder()
                                            .setEpoch(2)
                                            .setEpochs(200)
                                            .setBatch(9)
                                            .setBatches(79)
                                            .setSeen(1_152)
                                            .setSelected(576)
                                            .setMaskWaitSeconds(.125)
                                            .setSeconds(1.5))
                                    .setPrePruned(.25)
                                    .setTotalPruned(.625)
                                    .setAccuracy(.875)
                                    .setBitIdentical(true)
                                    .addKeptPerClass(ClassCount.newBuilder()
                                            .setName("trouser")
                                            .setCount(1_027)
                                            .setKept(231))
                                    .setWeightsChecksum("beef"))
                            .build()),
            entry(
                    "run-resumed",
                    RunEvent.newBuilder()
                            .setRun(Run.newBuilder()
                                    .setAttempt(12)
                                    .setState(Run.State.RUNNING)
                                    .setResumedFrom(Barrier.newBuilder()
                                            .setAttempt(7)
                                            .setEpoch(2)
                                            .setBatch(9)))
                            .build()),
            entry(
                    "run-seconds",
                    RunEvent.newBuilder()
                            .setRun(Run.newBuilder()
                                    .addEpochs(Epoch.newBuilder()
                                            .setEpoch(1)
                                            .setSelectionSeconds(2.5)
                                            .setStepSeconds(7.25)
                                            .setScaledSelectionExamples(2_500)))
                            .build()),
            entry(
                    "run-share",
                    RunEvent.newBuilder()
                            .setRun(Run.newBuilder()
                                    .addEpochs(Epoch.newBuilder().setEpoch(1).setShare(.25)))
                            .build()),
            entry(
                    "run-in-parts",
                    RunEvent.newBuilder()
                            .setRun(Run.newBuilder()
                                    .setAttempt(12)
                                    .setPoliciesInParts(256)
                                    .setEpochsInParts(512)
                                    .setKeptPerClassInParts(768)
                                    .setResumed(2))
                            .build()),
            entry(
                    "run-part",
                    RunEvent.newBuilder()
                            .setPart(RunPart.newBuilder()
                                    .setRunId("run-1")
                                    .setAttempt(12)
                                    .setFirst(256)
                                    .addEpochs(Epoch.newBuilder().setEpoch(257)))
                            .build()),
            entry(
                    "take",
                    RunEvent.newBuilder()
                            .setTake(Take.newBuilder()
                                    .setRunId("run-1")
                                    .setId("c0ffee")
                                    .setOver(true)
                                    .setCheckpoint(Barrier.newBuilder()
                                            .setAttempt(7)
                                            .setEpoch(2)
                                            .setBatch(9))
                                    .setResumed(2))
                            .build()),
            entry(
                    "beat",
                    RunEvent.newBuilder()
                            .setBeat(Beat.newBuilder()
                                    .setRunId("run-1")
                                    .setAttempt(12)
                                    .setPosition(Position.newBuilder()
                                            .setEpoch(3)
                                            .setEpochs(200)
                                            .setBatch(7)
                                            .setBatches(391)))
                            .build()),
            entry(
                    "cancel-requested-resumed",
                    RunEvent.newBuilder()
                            .setCancelRequested(CancelRequested.newBuilder()
                                    .setRunId("run-1")
                                    .setResumed(2))
                            .build()),
            entry(
                    "cancel-requested",
                    RunEvent.newBuilder()
                            .setCancelRequested(CancelRequested.newBuilder()
                                    .setRunId("run-1")
                                    .setWho("someone")
                                    .setEpochMillis(1_700_000_000_000L))
                            .build()));

    private static LossMessage.Builder losses() {
        return LossMessage.newBuilder().setRunId("run-1").setAttempt(12);
    }

    static Stream<String> names() {
        return MESSAGES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void oldBytesAreReadAndWrittenAsEver(String name) throws IOException {
        Message message = Objects.requireNonNull(MESSAGES.get(name));
        byte[] golden = golden(name);

        assertThat(read(message, golden)).isEqualTo(message);
        assertThat(HexFormat.of().formatHex(message.toByteArray()))
                .isEqualTo(HexFormat.of().formatHex(golden));
    }

    private static Message read(Message like, byte[] bytes) throws InvalidProtocolBufferException {
        return like.getParserForType().parseFrom(bytes);
    }

    private static byte[] golden(String name) throws IOException {
        try (var hex =
                Objects.requireNonNull(GoldenBytesTest.class.getResourceAsStream("/golden/" + name + ".hex"), name)) {
            return HexFormat.of().parseHex(new String(hex.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }
}
