package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.faults.check.Checker;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Lookups;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.plan.Plan;
import org.dietsb.faults.plan.Workload;
import org.dietsb.faults.reference.Reference;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.StateGiven;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Damages the log of a real run; the checker must report each damage. */
@ExtendWith(OneHarness.class)
class CheckerTest {
    private static final int EPOCH = 2;
    /** Before the swap and not the first after a barrier, so that no other batch depends on its policy. */
    private static final int BATCH = 3;

    private static @Nullable Recording healthy;
    private static @Nullable Reference reference;
    private static @Nullable Lookups lookups;

    @BeforeAll
    static void recordARealRun(Harness harness) throws Exception {
        Harness.Recorded recorded = harness.undisturbed(
                new Workload(
                        "healthy",
                        7,
                        Policy.ofKind(PolicyKind.SELECTIVE)
                                .rule(Policy.Rule.PERCENTILE)
                                .build()),
                List.of(
                        new Plan.Swap(30, Policy.ofKind(PolicyKind.INFOBATCH).build(), false),
                        new Plan.Swap(60, Plan.replay(harness.recorded()), false)));
        assertThat(recorded.complaints()).isEmpty();
        assertThat(recorded.survivors().policies()).hasSize(3);
        assertThat(recorded.recording().losses().stream().map(Entry::offset).distinct())
                .as("batches under infobatch and replay are announced in spans")
                .hasSizeLessThan(recorded.recording().losses().size() - 20);
        healthy = recorded.recording();
        reference = recorded.reference();
        lookups = harness.lookups();
    }

    private static Recording recording() {
        return Objects.requireNonNull(healthy);
    }

    private static List<String> check(Recording damaged) {
        return Checker.check(damaged, Objects.requireNonNull(reference), Objects.requireNonNull(lookups));
    }

    private static boolean isTheBatch(LossMessage message) {
        return message.hasBatchLosses()
                && message.getBatchLosses().getEpoch() == EPOCH
                && message.getBatchLosses().getBatch() == BATCH;
    }

    private static boolean isItsMask(MaskMessage message) {
        return message.hasBatchMask()
                && message.getBatchMask().getEpoch() == EPOCH
                && message.getBatchMask().getBatch() == BATCH;
    }

    private static <T> int place(List<Entry<T>> log, Predicate<T> which) {
        return IntStream.range(0, log.size())
                .filter(i -> which.test(log.get(i).message()))
                .findFirst()
                .orElseThrow();
    }

    private static Recording withMask(BatchMask.Builder mask) {
        List<Entry<MaskMessage>> masks = new ArrayList<>(recording().masks());
        int place = place(masks, CheckerTest::isItsMask);
        masks.set(
                place,
                with(
                        masks.get(place),
                        masks.get(place).message().toBuilder()
                                .setBatchMask(mask)
                                .build()));
        return withMasks(masks);
    }

    private static BatchMask.Builder mask() {
        List<Entry<MaskMessage>> masks = recording().masks();
        return masks.get(place(masks, CheckerTest::isItsMask)).message().getBatchMask().toBuilder();
    }

    private static <T> Entry<T> with(Entry<T> entry, T message) {
        return new Entry<>(entry.partition(), entry.offset(), entry.millis(), message);
    }

    private static Recording withLosses(List<Entry<LossMessage>> losses) {
        return new Recording(
                recording().runId(),
                losses,
                recording().masks(),
                recording().runs(),
                recording().deadLetters());
    }

    private static Recording withMasks(List<Entry<MaskMessage>> masks) {
        return new Recording(
                recording().runId(),
                recording().losses(),
                masks,
                recording().runs(),
                recording().deadLetters());
    }

    private static Recording withRun(Run.Builder run) {
        return new Recording(
                recording().runId(),
                recording().losses(),
                recording().masks(),
                List.of(run.build()),
                recording().deadLetters());
    }

    private static Run.Builder run() {
        return recording().last().orElseThrow().toBuilder();
    }

    @Test
    void anUndamagedRunPasses() {
        assertThat(check(recording())).isEmpty();
    }

    @Test
    void aDroppedBatch() {
        List<Entry<LossMessage>> losses = new ArrayList<>(recording().losses());
        losses.remove(place(losses, CheckerTest::isTheBatch));
        assertThat(check(withLosses(losses)))
                .contains("batches: epoch 2, batch 3 is trained 0 times")
                .anyMatch(complaint -> complaint.startsWith("batches: epoch 2 trains on "))
                .anyMatch(complaint -> complaint.startsWith("masks: a mask for epoch 2, batch 3 of attempt "));
    }

    @Test
    void aQuestionAskedAgainWithoutAChangePasses() {
        List<Entry<LossMessage>> losses = new ArrayList<>(recording().losses());
        int place = place(losses, CheckerTest::isTheBatch);
        losses.add(place + 1, losses.get(place));
        assertThat(check(withLosses(losses))).isEmpty();
    }

    @Test
    void aBatchAnnouncedAgainWithOtherExamples() {
        List<Entry<LossMessage>> losses = new ArrayList<>(recording().losses());
        int place = place(losses, CheckerTest::isTheBatch);
        LossMessage.Builder other = losses.get(place).message().toBuilder();
        BatchLosses.Builder batch = other.getBatchLossesBuilder();
        int first = batch.getIndices(0);
        batch.setIndices(0, batch.getIndices(1)).setIndices(1, first);
        losses.add(place + 1, with(losses.get(place), other.build()));
        assertThat(check(withLosses(losses)))
                .singleElement()
                .asString()
                .startsWith("log: attempt ")
                .contains(" asks again for something else: ");
    }

    @Test
    void examplesTrainedTwice() {
        List<Entry<LossMessage>> losses = new ArrayList<>(recording().losses());
        int place = place(losses, CheckerTest::isTheBatch);
        LossMessage.Builder before = losses.get(place).message().toBuilder();
        before.getBatchLossesBuilder().setBatch(BATCH - 1);
        int earlier = place(
                losses,
                message -> message.hasBatchLosses()
                        && message.getBatchLosses().getEpoch() == EPOCH
                        && message.getBatchLosses().getBatch() == BATCH - 1);
        losses.set(earlier, with(losses.get(earlier), before.build()));
        assertThat(check(withLosses(losses)))
                .contains("batches: epoch 2 trains " + before.getBatchLosses().getIndicesCount() + " examples again");
    }

    @Test
    void aMaskOfAWrongRevision() {
        assertThat(check(withMask(mask().setRevision(mask().getRevision() + 1))))
                .singleElement()
                .asString()
                .startsWith("masks: the mask for epoch 2, batch 3 of attempt ")
                .contains("is of revision " + (mask().getRevision() + 1) + ", the batch of revision "
                        + mask().getRevision());
    }

    @Test
    void aBitOfAMaskFlipped() {
        byte[] bits = mask().getSelected().toByteArray();
        bits[0] ^= 1;
        assertThat(check(withMask(mask().setSelected(ByteString.copyFrom(bits)))))
                .singleElement()
                .asString()
                .startsWith("masks: the mask for epoch 2, batch 3 of attempt ")
                .contains("does not follow from the log");
    }

    @Test
    void aLostMask() {
        List<Entry<MaskMessage>> masks = new ArrayList<>(recording().masks());
        masks.remove(place(masks, CheckerTest::isItsMask));
        assertThat(check(withMasks(masks)))
                .singleElement()
                .asString()
                .startsWith("masks: no mask for epoch 2, batch 3 of attempt ");
    }

    @Test
    void otherWeights() {
        String weights = run().getWeightsChecksum();
        String other = (weights.charAt(0) == '0' ? "1" : "0") + weights.substring(1);
        assertThat(check(withRun(run().setWeightsChecksum(other))))
                .containsExactly("end: the weights are " + other + ", those of the undisturbed run " + weights);
    }

    @Test
    void otherFigures() {
        Run.Builder run = run();
        run.getEpochsBuilder(1).setSteps(run.getEpochs(1).getSteps() + 1).setMaskTimeouts(1);
        assertThat(check(withRun(run)))
                .anyMatch(complaint -> complaint.startsWith("figures: epoch 2: steps is "))
                .anyMatch(complaint -> complaint.equals("figures: epoch 2: maskTimeouts is 1, expected is 0"));
    }

    @Test
    void aRunThatIsNotReportedAsBitIdentical() {
        assertThat(check(withRun(run().setBitIdentical(false))))
                .containsExactly("end: the run is not reported as bit-identical");
    }

    @Test
    void aLowerAttemptThatWritesAfterTheHigher() {
        List<Entry<LossMessage>> losses = new ArrayList<>(recording().losses());
        Entry<LossMessage> last = losses.get(losses.size() - 1);
        Entry<LossMessage> opened = losses.get(0);
        losses.add(
                1,
                new Entry<>(
                        opened.partition(),
                        opened.offset() - 1,
                        opened.millis(),
                        LossMessage.newBuilder()
                                .setRunId(recording().runId())
                                .setAttemptOpened(opened.message().getAttemptOpened())
                                .build()));
        Collections.swap(losses, 0, 1);
        LossMessage zombie = losses.get(place(losses, CheckerTest::isTheBatch)).message().toBuilder()
                .setAttempt(opened.offset() - 1)
                .build();
        losses.add(with(last, zombie));
        assertThat(check(withLosses(losses)))
                .singleElement()
                .asString()
                .startsWith("fencing: attempt " + (opened.offset() - 1) + " wrote batch-losses@")
                .endsWith("after a higher one had opened, and was not fenced");
    }

    /** The run as if its trainer had died in epoch 2 and another had resumed at the barrier at the end of epoch 1. */
    private static Recording resumed(UnaryOperator<SelectorState.Builder> state) {
        List<Entry<LossMessage>> log = recording().losses();
        Entry<LossMessage> first = log.get(0);
        int barrier = place(
                log,
                message -> message.hasEpochOpened() && message.getEpochOpened().getEpoch() == EPOCH);
        // Includes what the attempt that died still announced.
        List<Entry<LossMessage>> losses = new ArrayList<>(log.subList(0, barrier + 4));
        long second = log.get(log.size() - 1).offset() + 1;
        losses.add(new Entry<>(first.partition(), second, first.millis(), first.message()));
        losses.add(with(
                first,
                LossMessage.newBuilder()
                        .setRunId(recording().runId())
                        .setAttempt(second)
                        .setStateGiven(StateGiven.newBuilder()
                                .setOpened(first.message().getAttemptOpened())
                                .setState(state.apply(stateBefore(log, barrier))))
                        .build()));
        for (Entry<LossMessage> entry : log.subList(barrier, log.size())) {
            losses.add(
                    with(entry, entry.message().toBuilder().setAttempt(second).build()));
        }
        List<Entry<MaskMessage>> masks = new ArrayList<>(recording().masks());
        for (Entry<MaskMessage> entry : recording().masks()) {
            masks.add(with(entry, entry.message().toBuilder().setAttempt(second).build()));
        }
        masks.removeIf(entry -> entry.message().getAttempt() == second
                ? isBefore(entry.message(), EPOCH, 0)
                : !isBefore(entry.message(), EPOCH, 3));
        return new Recording(
                recording().runId(),
                losses,
                masks,
                List.of(run().setAttempt(second).build()),
                0);
    }

    /** The state given right before this place of the log, as one part. */
    private static SelectorState.Builder stateBefore(List<Entry<LossMessage>> log, int place) {
        int part = place;
        while (log.get(part - 1).message().hasStateGiven()) {
            part--;
        }
        SelectorState.Builder whole = SelectorState.newBuilder();
        for (; part < place; part++) {
            whole.mergeFrom(log.get(part).message().getStateGiven().getState());
        }
        return whole.setPart(0).setParts(1);
    }

    /** Returns whether it answers for a batch before this one, or for an epoch up to this one, or before this one if batch is 0. */
    private static boolean isBefore(MaskMessage message, int epoch, int batch) {
        if (message.hasSelectorState()) {
            return message.getSelectorState().getEpoch() < epoch;
        }
        return message.hasEpochMask()
                ? message.getEpochMask().getEpoch() < (batch == 0 ? epoch : epoch + 1)
                : message.getBatchMask().getEpoch() < epoch
                        || (message.getBatchMask().getEpoch() == epoch
                                && message.getBatchMask().getBatch() < batch);
    }

    @Test
    void aResumedRunPasses() {
        assertThat(check(resumed(state -> state))).isEmpty();
    }

    @Test
    void aWrongHistoryInAState() {
        assertThat(check(resumed(state -> state.setHistory(3, state.getHistory(3) + 1))))
                .anyMatch(complaint -> complaint.startsWith("log: attempt ")
                        && complaint.endsWith("gives a state of epoch 1 after 25 batches that is not the run's"));
    }

    @Test
    void wrongCountsInAState() {
        assertThat(check(resumed(state -> state.setTimesSelected(3, state.getTimesSelected(3) + 1))))
                .anyMatch(complaint -> complaint.startsWith("log: attempt ")
                        && complaint.endsWith("gives a state of epoch 1 after 25 batches that is not the run's"));
    }

    @Test
    void anAttemptThatResumesWithoutABarrier() {
        assertThat(check(resumed(state -> state.setBatch(5))))
                .anyMatch(complaint -> complaint.startsWith("log: attempt ")
                        && complaint.endsWith("gives the state of epoch 1 after 5 batches, where no barrier was"));
    }

    @Test
    void aRepeatedMaskPasses() {
        List<Entry<MaskMessage>> masks = new ArrayList<>(recording().masks());
        masks.add(masks.get(place(masks, CheckerTest::isItsMask)));
        assertThat(check(withMasks(masks))).isEmpty();
    }
}
