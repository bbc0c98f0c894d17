package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.junit.jupiter.api.Test;

class ClassQuotasTest {
    /** The card's example: six examples of one class and two of another. */
    private static final int[] LABELS = {4, 4, 4, 9, 4, 9, 4, 4};

    private static final double LN2 = Math.log(2);

    private static BitSet kept(double keep, double beta, BitSet before, long seed, double... losses) {
        return new ClassQuotas(keep, beta, Classes.of(LABELS), before)
                .choose(new EpochRule.Epoch(seed, 1, losses.length), index -> losses[index])
                .kept();
    }

    /** Returns how many of each of the two classes are kept. */
    private static int[] counts(BitSet kept) {
        return new int[] {
            (int) kept.stream().filter(index -> LABELS[index] == 4).count(),
            (int) kept.stream().filter(index -> LABELS[index] == 9).count()
        };
    }

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        IntStream.of(indices).forEach(bits::set);
        return bits;
    }

    private static double[] unknown() {
        return IntStream.range(0, 8).mapToDouble(index -> Double.NaN).toArray();
    }

    @Test
    void aQuotaIsInProportionToTheRootOfClassShareAndTrainedImportance() {
        BitSet all = EpochRule.all(8);
        // First epoch: roots of 6/8 and 2/8, of 4: 2.54 and 1.46.
        assertThat(counts(kept(.5, 1, all, 1, unknown()))).containsExactly(3, 1);
        // Of 6: 3.80 and 2.20, but there are only 2 of the second.
        assertThat(counts(kept(.75, 1, all, 1, unknown()))).containsExactly(4, 2);
        assertThat(kept(1, 1, all, 1, unknown())).isEqualTo(all);
        // Importances 2, 2, 1, 1, 1, 1 of 8, of which the epoch before trained 2 + 2 + 1; 1, 1 of 2, of which it
        // trained
        // one. Roots of 5/8 x 6/8 and 1/2 x 2/8, of 4: 2.64 and 1.36.
        double[] losses = {5, LN2, 0, 0, 0, 0, 0, 0};
        assertThat(counts(kept(.5, 1, bits(0, 1, 2, 3), 1, losses))).containsExactly(3, 1);
        // Had it trained only the unimportant ones of the first, 1 of 8: roots of 1/8 x 6/8 and 1/2 x 2/8, of 4: 1.86
        // and 2.14.
        assertThat(counts(kept(.5, 1, bits(2, 3), 1, losses))).containsExactly(2, 2);
        // A class of which it trained nothing counts as if it had trained all of it.
        assertThat(counts(kept(.5, 1, bits(2), 1, losses))).containsExactly(2, 2);
    }

    @Test
    void aClassIsNeverLeftOutWhileThereIsRoom() {
        // Given: 97 examples of class 0, and one each of three others, which get a hundredth of the roots each.
        int[] labels = new int[100];
        labels[10] = 1;
        labels[20] = 2;
        labels[30] = 3;
        for (int m = 1; m <= 100; m++) {
            BitSet kept = new ClassQuotas(m / 100., 1, Classes.of(labels), EpochRule.all(100))
                    .choose(new EpochRule.Epoch(1, 1, 100), index -> 1)
                    .kept();
            assertThat(kept.cardinality()).isEqualTo(m);
            long classes = kept.stream().map(index -> labels[index]).distinct().count();
            assertThat(classes).as("of %d", m).isGreaterThanOrEqualTo(m >= 4 ? 4 : 1);
        }
    }

    @Test
    void keepsExactlyTheShareWhateverLossesAndClassesAre() {
        Random random = new Random(3);
        for (int trial = 0; trial < 300; trial++) {
            int n = 1 + random.nextInt(400);
            int classes = 1 + random.nextInt(30);
            int[] labels = new int[n];
            double[] losses = new double[n];
            BitSet before = new BitSet();
            for (int index = 0; index < n; index++) {
                labels[index] = (int) (classes * Math.pow(random.nextDouble(), 3)) * 70_000;
                losses[index] = random.nextInt(5) == 0 ? Double.NaN : -Math.log(random.nextDouble());
                before.set(index, random.nextBoolean());
            }
            double keep = .01 + .99 * random.nextDouble();
            // An importance may underflow: exp(-ln 30 / 0.004).
            double beta = random.nextBoolean() ? .004 : 1;
            BitSet kept = new ClassQuotas(keep, beta, Classes.of(labels), before)
                    .choose(new EpochRule.Epoch(trial, 1 + trial, n), index -> losses[index])
                    .kept();
            assertThat(kept.cardinality()).isEqualTo(BatchRule.count(keep, n));
            assertThat(kept.length()).isLessThanOrEqualTo(n);
        }
    }

    @Test
    void drawsWithinAClassByImportance() {
        // Given: losses at most ln 2, at beta 0.5: importances 4, 4, 1, 1, 1, 1 and 1, 4. Three of the first class.
        double[] losses = {2, LN2, 0, 0, 0, -.9, 0, 0};
        double[] first = Inclusion.exact(new double[] {4, 4, 1, 1, 1, 1}, 3);
        double[] second = Inclusion.exact(new double[] {1, 4}, 1);
        double[] expected = {first[0], first[1], first[2], second[0], first[3], second[1], first[4], first[5]};
        int epochs = 20_000;
        int[] times = new int[8];

        // When
        ClassQuotas rule = new ClassQuotas(.5, .5, Classes.of(LABELS), EpochRule.all(8));
        for (int epoch = 1; epoch <= epochs; epoch++) {
            BitSet kept = rule.choose(new EpochRule.Epoch(5, epoch, 8), index -> losses[index])
                    .kept();
            assertThat(counts(kept)).containsExactly(3, 1);
            kept.stream().forEach(index -> times[index]++);
        }

        // Then: binomial counts; five standard deviations.
        for (int index = 0; index < 8; index++) {
            double p = expected[index];
            assertThat((double) times[index])
                    .as("example %d", index)
                    .isCloseTo(epochs * p, within(5 * Math.sqrt(epochs * p * (1 - p))));
        }
    }

    @Test
    void needsTheClassesOfTheExamples() {
        Policy policy = Policy.ofKind(PolicyKind.RCAP).scoreSet("s").build();
        assertThatThrownBy(() -> EpochRule.of(policy)).hasMessage("rcap needs the classes of the examples");
        assertThat(EpochRule.of(policy, new EpochRule.Known(LABELS, EpochRule.all(8))))
                .isInstanceOf(ClassQuotas.class);
    }
}
