package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.dietsb.selector.swap.PolicyRevision.Effect;
import org.dietsb.selector.swap.PolicyRevision.Figures;
import org.dietsb.selector.swap.PolicyRevision.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EffectsTest {
    private static final int EXAMPLES = 300;
    /** With a selection pass at half size: a quarter of the cost. */
    private static final Policy HALF_SIZE =
            Policy.ofKind(PolicyKind.SELECTIVE).selectionScale(.5).build();

    private final List<RunSheet.Placed> placed = new ArrayList<>(List.of(placed(0, Policy.BASELINE, 1, 0)));
    private final List<RunSheet.Figures> epochs = new ArrayList<>();

    private static RunSheet.Placed placed(long revision, Policy policy, int epoch, int batch) {
        return new RunSheet.Placed(revision, policy, true, epoch, batch, 0);
    }

    /** Its selection passes are of half size. */
    private void epoch(@Nullable Double accuracy, double seconds, long backward, long selection) {
        epoch(accuracy, seconds, backward, selection, 1);
    }

    private void epoch(@Nullable Double accuracy, double seconds, long backward, long selection, double share) {
        double[] allSeconds = {seconds, 0, 0, 0};
        epochs.add(Sheets.epoch(
                epochs.size() + 1, accuracy, EXAMPLES, backward, selection, .25 * selection, allSeconds, share));
    }

    private List<Effect> of(long revision) {
        RunSheet run = Sheets.of(EXAMPLES, 10, epochs.size() + 1, 0, placed, epochs);
        return new Effects(run).of(revision);
    }

    @Test
    void areUnknownBeforeTheFirstEpoch() {
        assertThat(of(1)).isEmpty();
        assertThat(of(0)).containsExactly(new Effect(1, 0, null, Figures.UNKNOWN, Figures.UNKNOWN));
    }

    @Test
    void compareTheStretchWithThePreviousOneByWholeEpochs() {
        // Given: a swap in the midst of epoch 4.
        epoch(.3, 9, 300, 0);
        epoch(.5, 4, 300, 0);
        epoch(null, 6, 300, 0);
        epoch(.55, 5, 225, 150);
        epoch(null, 2, 150, 300);
        epoch(.7, 4, 150, 300);
        placed.add(placed(1, HALF_SIZE, 4, 2));

        assertThat(of(1))
                .containsExactly(new Effect(
                        4, 2, null, new Figures(.5, 5.0, 1.0), new Figures(.7, 3.0, (.25 * 300 + 3 * 150) / 900)));
        assertThat(of(0))
                .containsExactly(new Effect(1, 0, new Until(4, 2), Figures.UNKNOWN, new Figures(.5, 5.0, 1.0)));
    }

    @Test
    void extrapolateAnEpochCutShortByABudget() {
        epoch(.3, 8, 300, 0);
        epoch(.4, 1, 75, 0, .25);
        placed.add(placed(1, Policy.BASELINE, 2, 0));
        assertThat(of(1).get(0).after()).isEqualTo(new Figures(.4, 4.0, 1.0));
    }

    @Test
    void areOneForEachTimeThePolicyCameIntoForce() {
        epoch(.3, 4, 300, 0);
        epoch(.4, 2, 150, 0);
        epoch(.6, 4, 300, 0);
        placed.add(placed(1, HALF_SIZE, 2, 0));
        placed.add(placed(0, Policy.BASELINE, 3, 0));

        assertThat(of(0)).extracting(Effect::epoch).containsExactly(1, 3);
        assertThat(of(0).get(0).after()).isEqualTo(new Figures(.3, 4.0, 1.0));
        assertThat(of(0).get(1).before()).isEqualTo(new Figures(.4, 2.0, .5));
        assertThat(of(0).get(1).after()).isEqualTo(new Figures(.6, 4.0, 1.0));
    }

    @Test
    void areUnknownForASwapReplacedWithinItsEpoch() {
        epoch(.3, 4, 300, 0);
        epoch(.4, 2, 150, 0);
        placed.add(placed(1, HALF_SIZE, 2, 1));
        placed.add(placed(2, Policy.BASELINE, 2, 3));
        assertThat(of(1).get(0).after()).isEqualTo(Figures.UNKNOWN);
        assertThat(of(2).get(0).before()).isEqualTo(new Figures(.3, null, null));
    }
}
