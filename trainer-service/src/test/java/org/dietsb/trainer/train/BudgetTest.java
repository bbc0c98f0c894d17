package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.ScriptedSelector.first;
import static org.dietsb.trainer.train.TestRun.BATCH;
import static org.dietsb.trainer.train.TestRun.BATCHES;
import static org.dietsb.trainer.train.TestRun.EXAMPLES;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.optimize.LearningRateSchedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long runs are, and where their learning rate ends. */
class BudgetTest {
    private static final LearningRateSchedule COSINE = LearningRateSchedule.of("cosine", .05, 0);

    @Test
    void numberOfEpochsDoesNotDependOnPruning() throws InterruptedException {
        assertThat(new TestRun().epochs(3).run(HIGHER_HALF).epochs()).hasSize(3);
        assertThat(new TestRun()
                        .epochs(3)
                        .policy(Policy.BASELINE)
                        .run(ScriptedSelector::whole)
                        .epochs())
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7, 17})
    void stepsAreTakenToTheStepUnderShrink(int steps) throws InterruptedException {
        TestRun.Result result = new TestRun().budget(new Budget.Steps(steps)).run(HIGHER_HALF);

        assertThat(result.epochs().stream().mapToLong(EpochFigures::steps).sum())
                .isEqualTo(steps);
        assertThat(last(result).learningRate()).isCloseTo(COSINE.at((steps - 1.0) / steps), within(1e-12));
    }

    @Test
    void stepsOfAnAccumulatingRunAreFullOnes() throws InterruptedException {
        // Given: 100 of 200 selected an epoch, so three full steps and one of what is left.
        TestRun.Result result = new TestRun()
                .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                .budget(new Budget.Steps(8))
                .run(HIGHER_HALF);

        assertThat(result.epochs()).hasSize(2);
        assertThat(result.epochs().stream().mapToLong(EpochFigures::steps).sum())
                .isEqualTo(8);
    }

    @Test
    void budgetOfPassesIsSpentToTheBatch() throws InterruptedException {
        for (Policy policy : List.of(Policy.BASELINE, TestRun.random(), TestRun.HALF)) {
            TestRun.Result result = new TestRun()
                    .policy(policy)
                    .budget(new Budget.Passes(1.7))
                    .run(policy.kind() == PolicyKind.BASELINE ? ScriptedSelector::whole : first(16));

            double cost = result.epochs().stream()
                    .mapToDouble(epoch -> (epoch.selectionExamples() + 3.0 * epoch.backwardExamples()) / 3)
                    .sum();
            assertThat(cost).as("%s", policy.kind()).isCloseTo(1.7 * EXAMPLES, within((double) BATCH));
            assertThat(last(result).share())
                    .as("of the last epoch's examples, %s", policy.kind())
                    .isEqualTo(last(result).seen() / (double) EXAMPLES)
                    .isLessThan(1);
        }
    }

    @Test
    void learningRateFollowsAnnouncedBatchesNotSteps() throws InterruptedException {
        // Given: policies that step on every batch, on every second or so, and hardly ever.
        List<TestRun.Result> results = List.of(
                new TestRun().policy(Policy.BASELINE).run(ScriptedSelector::whole),
                new TestRun().run(HIGHER_HALF),
                new TestRun()
                        .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                        .run(HIGHER_HALF),
                new TestRun()
                        .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                        .run(first(1)));

        // Then: each has the rate of its last batch's place in training, and the second epoch ends decayed.
        for (TestRun.Result result : results) {
            assertThat(result.epochs().get(0).learningRate())
                    .isCloseTo(COSINE.at((BATCHES - 1.0) / (2 * BATCHES)), within(1e-12));
            assertThat(last(result).learningRate())
                    .isCloseTo(COSINE.at((2 * BATCHES - 1.0) / (2 * BATCHES)), within(1e-12))
                    .isLessThan(.001);
        }
        assertThat(results).extracting(result -> last(result).steps()).containsExactly(7L, 7L, 4L, 1L);
    }

    @Test
    void warmUpDoesNotDependOnTheBudget() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .policy(Policy.BASELINE)
                .schedule("constant", .05)
                .warmupEpochs(1)
                .budget(new Budget.Passes(4))
                .run(ScriptedSelector::whole);

        assertThat(result.epochs()).hasSize(4);
        assertThat(result.epochs().get(0).learningRate()).isCloseTo(.05 * (BATCHES - 1.0) / BATCHES, within(1e-12));
        assertThat(result.epochs().get(1).learningRate()).isEqualTo(.05);
    }

    @Test
    void runThatWouldEndWithinItsWarmUpIsRejected() {
        TestRun run = new TestRun().policy(Policy.BASELINE).warmupEpochs(1).budget(new Budget.Steps(3));

        assertThatThrownBy(() -> run.run(ScriptedSelector::whole))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("warmupEpochs is 1, allowed is [0, 0.429): budget steps=3 ends the run after 0.429 epochs");
    }

    @Test
    void memberFollowsTheFullScheduleAndStopsEarly() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .epochs(10)
                .memberThatStopsAfter(2)
                .evaluateEvery(0)
                .run(HIGHER_HALF);

        assertThat(result.epochs()).hasSize(2);
        assertThat(last(result).learningRate())
                .isCloseTo(COSINE.at((2 * BATCHES - 1.0) / (10 * BATCHES)), within(1e-12));
    }

    @Test
    void rejectsMalformedBudgets() {
        assertThat(Budget.parse("epochs")).isEqualTo(new Budget.Epochs());
        assertThat(Budget.parse("steps=78000")).isEqualTo(new Budget.Steps(78_000));
        assertThat(Budget.parse("passes=1.5")).isEqualTo(new Budget.Passes(1.5));
        for (String wrong : List.of("", "steps", "steps=", "steps=2.5", "passes=many", "minutes=3")) {
            assertThatThrownBy(() -> Budget.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("budget is " + wrong + ", allowed is epochs, steps=N or passes=N");
        }
        assertThatThrownBy(() -> Budget.parse("steps=0")).hasMessage("budget is steps=0, allowed is steps=1 or more");
        for (String wrong : List.of("passes=0", "passes=-1", "passes=NaN", "passes=Infinity")) {
            assertThatThrownBy(() -> Budget.parse(wrong)).hasMessageContaining("allowed is passes above 0, and finite");
        }
    }

    private static EpochFigures last(TestRun.Result result) {
        return result.epochs().get(result.epochs().size() - 1);
    }
}
