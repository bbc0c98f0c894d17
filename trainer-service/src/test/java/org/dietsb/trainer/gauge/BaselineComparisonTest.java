package org.dietsb.trainer.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.junit.jupiter.api.Test;

class BaselineComparisonTest {
    private static final Policy RANDOM = TestOrders.of("{\"policy\": {\"kind\": \"random\"}}", Policy.BASELINE)
            .firstPolicy();

    /** A run whose epochs take 10 times their number in seconds. */
    private static Run run(String id, String request, Policy policy, double... accuracies) {
        TrainingOrder order = TestOrders.of("{\"id\": \"" + id + "\"" + request + "}", policy);
        List<EpochFigures> epochs = new ArrayList<>(IntStream.rangeClosed(1, accuracies.length)
                .mapToObj(epoch -> new EpochFigures(
                        epoch,
                        Double.isNaN(accuracies[epoch - 1]) ? null : accuracies[epoch - 1],
                        2.0,
                        .1,
                        10 * epoch,
                        100,
                        50,
                        7,
                        50,
                        0,
                        null,
                        null,
                        0,
                        0,
                        List.of(0L),
                        0,
                        0,
                        0,
                        0,
                        1))
                .toList());
        return new Run(
                order,
                7,
                Run.State.RUNNING,
                "",
                new DatasetIdentity("fashion-mini", 10_000, 10, "f00d"),
                1,
                1,
                0,
                List.of(new Run.PlacedPolicy(0, policy, 1, 0)),
                epochs,
                null,
                0,
                0,
                null,
                true,
                List.of(),
                "",
                null,
                0,
                "",
                false);
    }

    @Test
    void comparesAfterTheSameEpochOfEveryBaseline() {
        Run pruned = run("pruned", "", RANDOM, .1, .3);
        List<Run> all = List.of(
                pruned,
                run("first", "", Policy.BASELINE, .2, .4, .9),
                run("second", ", \"seed\": 2", Policy.BASELINE, .3, .5, .8));

        assertThat(BaselineComparison.of(pruned, all)).hasValueSatisfying(baseline -> {
            assertThat(baseline.lowestAccuracy()).isEqualTo(.4);
            assertThat(baseline.meanAccuracy()).isEqualTo(.45);
            assertThat(baseline.highestAccuracy()).isEqualTo(.5);
            assertThat(baseline.epochSeconds())
                    .as("median of epochs 2 and 3 of both")
                    .isEqualTo(25);
            assertThat(baseline.timeSaved()).as("20 s in place of 25 s").isEqualTo(1 - 20 / 25.0);
        });
    }

    @Test
    void runsOfOtherRecipesOrPoliciesAreNotBaselines() {
        Run pruned = run("pruned", "", RANDOM, .1);
        List<Run> all = List.of(
                run("slower", ", \"learningRate\": 0.01", Policy.BASELINE, .2),
                run("fine-tuned", ", \"init\": \"/x\"", Policy.BASELINE, .2),
                run("larger", ", \"model\": \"resnet20\"", Policy.BASELINE, .2),
                run("other", "", RANDOM, .2),
                run("begun", "", Policy.BASELINE));

        assertThat(BaselineComparison.of(pruned, all)).isEmpty();
    }

    @Test
    void baselineIsComparedWithItsOwnLatestState() {
        Run now = run("baseline", "", Policy.BASELINE, .2, .4);

        assertThat(BaselineComparison.of(now, List.of(run("baseline", "", Policy.BASELINE, .2))))
                .hasValueSatisfying(
                        baseline -> assertThat(baseline.meanAccuracy()).isEqualTo(.4));
    }

    @Test
    void aBaselineSavesNothingAndOneEpochSaysNothing() {
        Run baseline = run("baseline", "", Policy.BASELINE, .2, .4, .5);
        Run begun = run("pruned", "", RANDOM, .1);
        Run two = run("pruned", "", RANDOM, .1, .3);

        assertThat(BaselineComparison.of(baseline, List.of())).hasValueSatisfying(own -> {
            assertThat(own.timeSaved()).isNaN();
            assertThat(own.epochSeconds()).isEqualTo(25);
        });
        assertThat(BaselineComparison.of(begun, List.of(baseline)))
                .hasValueSatisfying(few -> assertThat(few.timeSaved()).isNaN());
        assertThat(BaselineComparison.of(two, List.of(run("one", "", Policy.BASELINE, .2))))
                .hasValueSatisfying(few -> {
                    assertThat(few.epochSeconds()).isNaN();
                    assertThat(few.timeSaved()).isNaN();
                });
    }

    @Test
    void withoutEvaluationOnlyTimesAreCompared() {
        Run pruned = run("pruned", "", RANDOM, .1, .3);

        assertThat(BaselineComparison.of(pruned, List.of(run("baseline", "", Policy.BASELINE, .2, Double.NaN))))
                .hasValueSatisfying(baseline -> {
                    assertThat(baseline.lowestAccuracy()).isNaN();
                    assertThat(baseline.epochSeconds()).isEqualTo(20);
                });
    }
}
