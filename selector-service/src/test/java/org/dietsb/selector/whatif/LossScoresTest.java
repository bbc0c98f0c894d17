package org.dietsb.selector.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.dietsb.selector.history.LossEpoch;
import org.dietsb.selector.whatif.LossScores.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossScoresTest {
    private static final int EPOCHS = 25;
    private static final int EXAMPLES = 200;

    /** Losses [EPOCHS][EXAMPLES]; a tenth of those after the first epoch is unknown. */
    private static float[][] losses() {
        Random random = new Random(5);
        float[][] losses = new float[EPOCHS][EXAMPLES];
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            for (int i = 0; i < EXAMPLES; i++) {
                losses[epoch][i] = epoch > 0 && random.nextInt(10) == 0
                        ? Float.NaN
                        : (float) -Math.log(1 - random.nextDouble() * .99);
            }
        }
        return losses;
    }

    /** Computes a score from the whole course of an example, as the papers write it. */
    private static double offline(Method method, double[] course) {
        if (method == Method.LAST_LOSS) {
            return course[course.length - 1];
        }
        if (method == Method.MEAN_LOSS) {
            return Arrays.stream(course).average().orElseThrow();
        }
        double sum = 0;
        int windows = course.length - 10 + 1;
        for (int first = 0; first < windows; first++) {
            double[] p = Arrays.stream(course, first, first + 10)
                    .map(loss -> Math.exp(-loss))
                    .toArray();
            double mean = Arrays.stream(p).average().orElseThrow();
            double variance =
                    Arrays.stream(p).map(one -> Math.pow(one - mean, 2)).sum() / 9;
            sum += Math.sqrt(variance) * (method == Method.DUAL ? 1 - mean : 1);
        }
        return sum / windows;
    }

    private static LossEpoch epoch(float... losses) {
        return new LossEpoch(1, List.of(), losses);
    }

    /** Returns an epoch in which each example was classified: correctly (+), wrongly (-), or not (any other character). */
    private static LossEpoch classified(String examples) {
        BitSet classified = new BitSet();
        BitSet correct = new BitSet();
        for (int i = 0; i < examples.length(); i++) {
            classified.set(i, examples.charAt(i) == '+' || examples.charAt(i) == '-');
            correct.set(i, examples.charAt(i) == '+');
        }
        float[] losses = new float[examples.length()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = classified.get(i) ? 1 : Float.NaN;
        }
        return new LossEpoch(1, List.of(), losses, classified, correct);
    }

    @Test
    void forgettingCountsHowOftenWhatWasLearntIsWrong() {
        LossScores scores = new LossScores(Method.FORGETTING, 5);
        // Always right; learnt late; forgotten twice; never learnt; forgotten beyond an epoch without it.
        for (String epoch : List.of("+-+-+", "+--- ", "+++--", "++---")) {
            scores.add(classified(epoch));
        }
        assertThat(scores.scores()).containsExactly(0, 0, 2, 4, 1);
    }

    @Test
    void forgettingNeedsTheClassificationOfEveryExample() {
        LossScores scores = new LossScores(Method.FORGETTING, 3);
        scores.add(classified("+ -"));
        assertThatThrownBy(scores::scores).hasMessage("forgetting needs 2 epochs or more, the run has 1");
        scores.add(classified("+ -"));
        assertThatThrownBy(scores::scores).hasMessage("the run reported no loss of 1 of 3 examples");
        scores.add(classified(" - "));
        assertThat(scores.scores()).containsExactly(0, 3, 3);
        scores.add(epoch(1, Float.NaN, 1));
        assertThatThrownBy(scores::scores)
                .hasMessage(
                        "the run reported 2 losses without whether the example was classified correctly: forgetting needs"
                                + " it with each loss");
    }

    /** As {@code forgetting} is written in the paper, from the whole course of each example. */
    @Test
    void forgettingOfALargeSetIsThatOfTheWholeCourses() {
        int examples = 50_000;
        int epochs = 200;
        Random random = new Random(7);
        boolean[][] correct = new boolean[epochs][examples];
        LossScores scores = new LossScores(Method.FORGETTING, examples);
        for (int epoch = 0; epoch < epochs; epoch++) {
            BitSet bits = new BitSet();
            for (int i = 0; i < examples; i++) {
                // The first hundred are never learnt.
                correct[epoch][i] = i >= 100 && random.nextInt(epochs) < epoch + i % 50;
                bits.set(i, correct[epoch][i]);
            }
            BitSet all = new BitSet();
            all.set(0, examples);
            scores.add(new LossEpoch(epoch + 1, List.of(), new float[0], all, bits));
        }
        float[] found = scores.scores();
        for (int i = 0; i < examples; i++) {
            int forgotten = 0;
            boolean learnt = correct[0][i];
            for (int epoch = 1; epoch < epochs; epoch++) {
                forgotten += correct[epoch - 1][i] && !correct[epoch][i] ? 1 : 0;
                learnt |= correct[epoch][i];
            }
            assertThat(found[i]).as("example %d", i).isEqualTo(learnt ? forgotten : epochs);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FORGETTING")
    void areThoseOfTheWholeCourse(Method method) {
        float[][] losses = losses();
        LossScores scores = new LossScores(method, EXAMPLES);
        for (float[] epoch : losses) {
            scores.add(epoch(epoch));
        }

        float[] found = scores.scores();

        for (int i = 0; i < EXAMPLES; i++) {
            double[] course = new double[EPOCHS];
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                course[epoch] = Float.isNaN(losses[epoch][i]) ? course[epoch - 1] : losses[epoch][i];
            }
            assertThat((double) found[i]).as("example %d", i).isCloseTo(offline(method, course), within(1e-6));
        }
    }

    @Test
    void anExampleThatIsLearnedLateScoresHigherThanOneThatIsNever() {
        LossScores scores = new LossScores(Method.DUAL, 3);
        for (int epoch = 0; epoch < 30; epoch++) {
            scores.add(epoch(.01f, epoch < 15 ? 3f : .05f, 5f));
        }
        float[] dual = scores.scores();
        assertThat(dual[1]).isGreaterThan(.05f);
        assertThat(dual[0]).isLessThan(1e-6f);
        assertThat(dual[2]).isLessThan(1e-6f);
    }

    @Test
    void refusesWhatTheRunDoesNotTell() {
        LossScores few = new LossScores(Method.DUAL, 2);
        for (int epoch = 0; epoch < 9; epoch++) {
            few.add(epoch(1, 1));
        }
        assertThatThrownBy(few::scores).hasMessage("dual needs 10 epochs or more, the run has 9");
        LossScores gaps = new LossScores(Method.MEAN_LOSS, 3);
        gaps.add(epoch(1, Float.NaN, Float.NaN));
        gaps.add(epoch(1, 1, Float.NaN));
        assertThatThrownBy(gaps::scores).hasMessage("the run reported no loss in its first epoch of 2 of 3 examples");
        assertThatThrownBy(new LossScores(Method.LAST_LOSS, 1)::scores)
                .hasMessage("last-loss needs 1 epochs or more, the run has 0");
    }
}
