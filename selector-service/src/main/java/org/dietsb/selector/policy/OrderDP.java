package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * OrderDP (Jin et al., ICLR 2026, arXiv 2606.08574). Each epoch draws s of the n examples, uniformly, without replacement, and keeps
 * the q of them with the highest last losses; equal losses are ordered by a second draw. Exactly q are trained, without weights. An example
 * that was never trained has loss 3, as in the authors' code. No selection pass: the losses are those of the training steps.
 *
 * @param keep q/n, in (0, 1]
 * @param draw s/n, in (0, 1]; below keep it counts as keep
 */
record OrderDP(double keep, double draw) implements EpochRule {
    /** What stands for the loss of an example that has none. */
    private static final double UNKNOWN = 3;

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        int n = epoch.examples();
        RandomStream drawing = RandomStream.of("mask-orderdp", epoch.seed(), epoch.number());
        BitSet drawn = Smallest.among(EpochRule.all(n), drawn(n), drawing::uniform);
        RandomStream ties = RandomStream.of("mask-orderdp-ties", epoch.seed(), epoch.number());
        return Choice.of(highest(drawn, kept(n), index -> loss(signedLoss, index), ties));
    }

    /** Returns the m of these with the highest losses; of those at the m-th highest the ones with the smallest draws. */
    private static BitSet highest(BitSet among, int m, IntToDoubleFunction loss, RandomStream ties) {
        BitSet highest = Smallest.among(among, m, index -> -loss.applyAsDouble(index));
        double least = highest.stream().mapToDouble(loss).min().orElseThrow();
        BitSet tied = new BitSet(among.length());
        int above = 0;
        for (int i = among.nextSetBit(0); i >= 0; i = among.nextSetBit(i + 1)) {
            tied.set(i, loss.applyAsDouble(i) == least);
            above += loss.applyAsDouble(i) > least ? 1 : 0;
        }
        if (above + tied.cardinality() > m) {
            highest.andNot(tied);
            highest.or(Smallest.among(tied, m - above, ties::uniform));
        }
        return highest;
    }

    private static double loss(IntToDoubleFunction signedLoss, int index) {
        double loss = Math.abs(signedLoss.applyAsDouble(index));
        return Double.isNaN(loss) ? UNKNOWN : loss;
    }

    private int kept(int n) {
        return BatchRule.count(keep, n);
    }

    private int drawn(int n) {
        return Math.max(kept(n), BatchRule.count(draw, n));
    }

    /**
     * Returns the exact probabilities. An example with h others above it is kept if it is drawn and at most q - 1 of those h are among
     * the other s - 1 that are drawn, which has the hypergeometric distribution; equal losses share the mean of their places.
     */
    @Override
    public double[] probabilities(Epoch epoch, IntToDoubleFunction signedLoss) {
        int n = epoch.examples();
        double[] byPlace = new double[n];
        for (int above = 0; above < n; above++) {
            byPlace[above] = (double) drawn(n) / n * atMost(kept(n) - 1, n - 1, above, drawn(n) - 1);
        }
        double[] probabilities = new double[n];
        for (int index = 0; index < n; index++) {
            double loss = loss(signedLoss, index);
            int above = 0;
            int equal = 0;
            for (int other = 0; other < n; other++) {
                above += loss(signedLoss, other) > loss ? 1 : 0;
                equal += loss(signedLoss, other) == loss ? 1 : 0;
            }
            for (int place = above; place < above + equal; place++) {
                probabilities[index] += byPlace[place] / equal;
            }
        }
        return probabilities;
    }

    /** Returns the probability that at most {@code most} of {@code marked} of {@code n} are among {@code drawn} that are drawn. */
    private static double atMost(int most, int n, int marked, int drawn) {
        int low = Math.max(0, drawn - (n - marked));
        int high = Math.min(marked, drawn);
        if (most >= high) {
            return 1;
        }
        // Relative to the probability at the mode, from which the others follow by their ratios.
        int mode = Math.max(low, Math.min(high, (int) ((drawn + 1.0) * (marked + 1.0) / (n + 2.0))));
        double below = 0;
        double all = 0;
        double term = 1;
        for (int k = mode; k <= high && term > 0; k++) {
            all += term;
            below += k <= most ? term : 0;
            term *= (marked - k) * (double) (drawn - k) / ((k + 1.0) * (n - marked - drawn + k + 1.0));
        }
        term = 1;
        for (int k = mode; k > low && term > 0; k--) {
            term *= k * (n - marked - drawn + (double) k) / ((marked - k + 1.0) * (drawn - k + 1.0));
            all += term;
            below += k - 1 <= most ? term : 0;
        }
        return below / all;
    }
}
