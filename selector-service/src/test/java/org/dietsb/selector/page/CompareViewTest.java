package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.RunSheetWire;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

/** The words and figures of comparisons and lists: of runs that were swapped, and of the scoring that diets need. */
class CompareViewTest {
    private static final Policy DIET =
            Policy.ofKind(PolicyKind.DIET_RANDOM).keep(.5).scoreSet("scores").build();
    private static final Policy RANDOM =
            Policy.ofKind(PolicyKind.RANDOM).keep(.5).build();
    private static final Function<Policy, Optional<ScoringCost>> SCORES =
            policy -> "scores".equals(policy.scoreSet()) ? Optional.of(new ScoringCost(40, 3_000)) : Optional.empty();

    /** Returns a completed run of four epochs of 1,000 examples, half of them trained, each epoch of ten seconds. */
    private static RunSheet run(String id, Policy... policies) {
        Run.Builder run = Run.newBuilder()
                .setState(Run.State.COMPLETED)
                .setStartedMillis(1)
                .setDataset(DatasetIdentity.newBuilder().setCount(1_000).setChecksum("f00d"));
        run.getOrderBuilder().setRunId(id).setModel("resnet8").setFirstPolicy(PolicyWire.toWire(policies[0]));
        run.getOrderBuilder().getRecipeBuilder().setEpochs(4).setBatchSize(100);
        run.getPositionBuilder().setEpoch(4).setEpochs(4);
        for (int i = 0; i < policies.length; i++) {
            run.addPolicies(PlacedPolicy.newBuilder()
                    .setRevision(i)
                    .setPolicy(PolicyWire.toWire(policies[i]))
                    .setEpoch(1 + i));
        }
        for (int epoch = 1; epoch <= 4; epoch++) {
            run.addEpochsBuilder()
                    .setEpoch(epoch)
                    .setSeconds(10)
                    .setSeen(1_000)
                    .setSelected(500)
                    .setBackwardExamples(500);
        }
        return RunSheetWire.fromWire(run.build());
    }

    private static CompareView compared(RunSheet... runs) {
        return CompareView.of(List.of(runs), run -> ComparedCost.of(run, SCORES));
    }

    private static List<String> cells(CompareView view, String what) {
        return view.rows().stream()
                .filter(row -> row.what().equals(what))
                .flatMap(row -> row.cells().stream())
                .map(cell -> (cell.value() + " " + cell.difference())
                        .replace('\u00a0', ' ')
                        .strip())
                .toList();
    }

    @Test
    void showsTimeAndExamplesWithAndWithoutTheScoringOfADiet() {
        CompareView view = compared(run("a", RANDOM), run("b", DIET));
        assertThat(cells(view, "Time, without scoring")).containsExactly("40.0 s", "40.0 s 0.0 s");
        assertThat(cells(view, "Time, with scoring")).containsExactly("40.0 s", "80.0 s +40.0 s");
        assertThat(cells(view, "Examples trained, without scoring")).containsExactly("2000", "2000 0");
        assertThat(cells(view, "Examples trained, with scoring")).containsExactly("2000", "5000 +3000");
        assertThat(view.warnings()).noneMatch(warning -> warning.contains("scoring"));
    }

    @Test
    void saysSoIfTheScoringIsNotKnown() {
        Policy other = Policy.ofKind(PolicyKind.DIET_RANDOM).scoreSet("gone").build();
        CompareView view = compared(run("a", RANDOM), run("b", other));
        assertThat(cells(view, "Time, with scoring")).containsExactly("40.0 s", Words.UNKNOWN);
        assertThat(view.warnings())
                .contains("What the scoring of a diet took is not known: its score set is not stored here.");
    }

    @Test
    void showsNoFigureTwiceWithoutAScoring() {
        CompareView view = compared(run("a", RANDOM), run("b", Policy.BASELINE));
        assertThat(cells(view, "Time, without scoring")).hasSize(2);
        assertThat(cells(view, "Time, with scoring")).isEmpty();
    }

    @Test
    void countsAScoringOnceHoweverOftenItsPolicyWasSwapped() {
        assertThat(ComparedCost.of(run("a", DIET, RANDOM, DIET), SCORES)).contains(new ScoringCost(40, 3_000));
        assertThat(ComparedCost.of(run("a", RANDOM), SCORES)).contains(new ScoringCost(0, 0));
    }

    @Test
    void namesASwappedRunByItsPoliciesAndSaysThatItShowsNothingAboutOne() {
        CompareView view = compared(run("a", RANDOM), run("b", DIET, RANDOM));
        assertThat(view.names()).containsExactly("random, keep 0.5", "diet-random, then random from epoch 2");
        assertThat(view.warnings())
                .contains("Run b shows nothing about any one policy, it had several: diet-random, keep 0.5, pre-pruned"
                        + " 0.25, then random, keep 0.5 from epoch 2.");
    }

    @Test
    void theListShowsPoliciesAndTheCostWithScoring() {
        RunRow row = RunRow.of(run("b", DIET), false, "", new ScoringCost(40, 3_000), "");
        // 2000 of 4000 example-passes, and 3000 more.
        assertThat(row.cost()).isEqualTo("50 %");
        assertThat(row.costWithScoring()).isEqualTo("125 %");
        assertThat(row.course()).isEmpty();
        RunRow swapped = RunRow.of(run("b", DIET, RANDOM, Policy.BASELINE), false, "", null, "");
        assertThat(swapped.policy()).isEqualTo("several policies, at last baseline");
        assertThat(swapped.course())
                .isEqualTo("diet-random, keep 0.5, pre-pruned 0.25, then random, keep 0.5 from epoch 2, then baseline"
                        + " from epoch 3");
        assertThat(swapped.costWithScoring()).isEmpty();
    }

    @Test
    void aSwappedRunIsNoControlAndHasNone() {
        List<RunSheet> all = new ArrayList<>(List.of(run("a", DIET, RANDOM), run("b", Policy.BASELINE, RANDOM)));
        assertThat(BesideControls.of(all.get(0), () -> all)).get().satisfies(beside -> {
            assertThat(beside.rows()).isEmpty();
            assertThat(beside.words()).contains("several policies");
        });
    }

    @Test
    void aNumberStaysInALineWithItsUnit() {
        assertThat(Words.unbroken("run-1 is busy, about 6 s of 2 min left, 3 steps"))
                .isEqualTo("run-1 is busy, about 6\u00a0s of 2\u00a0min left, 3 steps");
        assertThat(Words.about(3_700)).isEqualTo("about 1\u00a0h 2\u00a0min");
        assertThat(Words.seconds(6.0)).isEqualTo("6.0\u00a0s");
    }
}
