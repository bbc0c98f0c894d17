package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.RunSheetWire;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class BesideControlsTest {
    private static final Policy SELECTIVE =
            Policy.ofKind(PolicyKind.SELECTIVE).keep(.5).build();

    /** Returns a completed run of some epochs that each keep a share, with or without selection passes. */
    private static Run.Builder run(String id, Policy policy, int epochs, int batchSize, double accuracy) {
        Run.Builder run = Run.newBuilder()
                .setState(Run.State.COMPLETED)
                .setAccuracy(accuracy)
                .setDataset(DatasetIdentity.newBuilder()
                        .setName("fashion-mini")
                        .setCount(1_000)
                        .setChecksum("f00d"));
        run.getOrderBuilder().setRunId(id).setModel("resnet8").setSeed(3).setFirstPolicy(PolicyWire.toWire(policy));
        run.getOrderBuilder().getRecipeBuilder().setEpochs(epochs).setBatchSize(batchSize);
        run.getPositionBuilder().setEpoch(epochs).setEpochs(epochs);
        for (int epoch = 1; epoch <= epochs; epoch++) {
            long selected = Math.round(1_000 * policy.keep());
            run.addEpochsBuilder()
                    .setEpoch(epoch)
                    .setSeen(1_000)
                    .setSelected(selected)
                    .setBackwardExamples(selected)
                    .setSelectionExamples(policy.kind().byLoss() ? 1_000 : 0)
                    .setScaledSelectionExamples(policy.kind().byLoss() ? 1_000 : 0);
        }
        return run;
    }

    private static BesideControls beside(Run.Builder run, Run.Builder... others) {
        List<RunSheet> all = Stream.concat(Stream.of(run), Stream.of(others))
                .map(one -> RunSheetWire.fromWire(one.build()))
                .toList();
        return BesideControls.of(all.get(0), () -> all).orElseThrow();
    }

    private static Policy like(String of) {
        return Policy.ofKind(PolicyKind.RANDOM_LIKE).of(of).build();
    }

    @Test
    void aRunWhoseMasksTimedOutIsBesideNoControlAndIsNone() {
        Run.Builder late = run("a", SELECTIVE, 6, 128, .8);
        late.getEpochsBuilder(3).setSteps(100).setMaskTimeouts(7);
        BesideControls beside = beside(late, run("b", like("a"), 6, 128, .79));
        assertThat(beside.rows()).isEmpty();
        assertThat(beside.words())
                .isEqualTo(
                        "The run shows nothing about one policy (7 of 100 masks timed out), so no control is beside it.");
        Run.Builder random = run("b", like("a"), 6, 128, .79);
        random.getEpochsBuilder(0).setSteps(1).setMaskTimeouts(1);
        assertThat(beside(run("a", SELECTIVE, 6, 128, .8), random).rows()).isEmpty();
        // A baseline trains whole batches anyway.
        Run.Builder baseline = run("b", Policy.BASELINE, 6, 128, .79);
        baseline.getEpochsBuilder(0).setSteps(1).setMaskTimeouts(1);
        assertThat(beside(run("a", SELECTIVE, 6, 128, .8), baseline).rows()).hasSize(1);
    }

    @Test
    void showsTheControlsThatAreAmongTheRuns() {
        // Selective costs (1 + 3/2)/3 = .833 passes an epoch: 5 in 6 epochs; as many steps as 6 epochs in batches of
        // 128 are batches of 107.
        BesideControls beside = beside(
                run("method", SELECTIVE, 6, 128, .8),
                run("fewer-steps", Policy.BASELINE, 5, 128, .1),
                run("baseline", Policy.BASELINE, 6, 128, .85),
                run("cost", Policy.BASELINE, 5, 107, .81),
                run("random", like("method@0123456789abcdef"), 6, 128, .79),
                run("of-another", like("another"), 6, 128, .2));
        assertThat(beside.rows())
                .containsExactly(
                        new BesideControls.Row("Baseline", "baseline", "85.0 %", "-5.0 points"),
                        new BesideControls.Row("Everything at equal cost", "cost", "81.0 %", "-1.0 points"),
                        new BesideControls.Row("As many at random", "random", "79.0 %", "+1.0 points"));
        assertThat(beside.words()).contains("One seed does not show");
    }

    @Test
    void comparesRunsOfTheSameDataModelAndSeedAlone() {
        Run.Builder otherSeed = run("seed", Policy.BASELINE, 6, 128, .9);
        otherSeed.getOrderBuilder().setSeed(4);
        Run.Builder otherModel = run("model", Policy.BASELINE, 6, 128, .9);
        otherModel.getOrderBuilder().setModel("resnet20");
        Run.Builder otherData = run("data", Policy.BASELINE, 6, 128, .9);
        otherData.getDatasetBuilder().setChecksum("beef");
        Run.Builder failed = run("failed", Policy.BASELINE, 6, 128, .9).setState(Run.State.FAILED);
        BesideControls beside = beside(run("method", SELECTIVE, 6, 128, .8), otherSeed, otherModel, otherData, failed);
        assertThat(beside.rows()).isEmpty();
        assertThat(beside.words()).contains("dietsb train --controls");
    }

    @Test
    void waitsUntilTheRunIsCompleted() {
        Run.Builder running = run("method", SELECTIVE, 6, 128, .8).setState(Run.State.RUNNING);
        assertThat(beside(running).words()).isEqualTo("Controls are compared when the run is completed.");
    }

    @Test
    void saysNothingOfTheBaselineAndOfControls() {
        for (Policy policy : List.of(Policy.BASELINE, like("another"))) {
            RunSheet run = RunSheetWire.fromWire(run("one", policy, 6, 128, .8).build());
            assertThat(BesideControls.of(run, () -> List.of(run))).isEmpty();
        }
    }
}
