package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * RS2, repeated random sampling without replacement (Okanovic et al. 2024, arXiv 2305.18424). Each epoch trains exactly m fresh examples; none
 * is trained again until all have been, in rounds whose orders are random. If a round ends within an epoch, the epoch takes what the
 * round has left, and the rest from the next round, no example twice. Above one half, the examples that are left out go round
 * instead. No losses: an epoch is a function of seed and number alone, whatever was trained before.
 *
 * @param keep m/n, in (0, 1]
 */
record RepeatedRandom(double keep) implements EpochRule {

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        int n = epoch.examples();
        int kept = BatchRule.count(keep, n);
        if (2L * kept <= n) {
            return Choice.of(part(epoch, kept));
        }
        BitSet rest = EpochRule.all(n);
        if (kept < n) {
            rest.andNot(part(epoch, n - kept));
        }
        return Choice.of(rest);
    }

    @Override
    public double[] probabilities(Epoch epoch, IntToDoubleFunction signedLoss) {
        double[] equal = new double[epoch.examples()];
        Arrays.fill(equal, (double) BatchRule.count(keep, equal.length) / equal.length);
        return equal;
    }

    /**
     * Returns the part of the rounds that falls to an epoch, m of n examples, where 2 m is at most n. The rounds follow one another, and
     * the epochs divide them into stretches of m. A round consists of a head, which completes the stretch that the round before left
     * unfinished; whole stretches; and a tail, which the next round completes.
     */
    private static BitSet part(Epoch epoch, int m) {
        int n = epoch.examples();
        long first = (epoch.number() - 1L) * m;
        long round = first / n;
        int within = (int) (first % n);
        if (within + m > n) {
            BitSet part = tail(epoch, round, m);
            part.or(head(epoch, round + 1, m));
            return part;
        }
        BitSet middle = EpochRule.all(n);
        BitSet head = head(epoch, round, m);
        middle.andNot(head);
        middle.andNot(tail(epoch, round, m));
        RandomStream order = order(epoch, round);
        int before = within - head.cardinality();
        BitSet part = Smallest.among(middle, before + m, order::uniform);
        part.andNot(Smallest.among(middle, before, order::uniform));
        return part;
    }

    private static RandomStream order(Epoch epoch, long round) {
        return RandomStream.of("mask-rs2", epoch.seed(), round);
    }

    /** Returns the last examples of a round, which do not fill a stretch: those with the largest draws. */
    private static BitSet tail(Epoch epoch, long round, int m) {
        RandomStream order = order(epoch, round);
        int left = (int) ((round + 1) * epoch.examples() % m);
        return Smallest.among(EpochRule.all(epoch.examples()), left, index -> -order.uniform(index));
    }

    /** Returns the first examples of a round, which fill the stretch that begins with the tail of the round before, and are not in it. */
    private static BitSet head(Epoch epoch, long round, int m) {
        BitSet before = round == 0 ? new BitSet() : tail(epoch, round - 1, m);
        if (before.isEmpty()) {
            return before;
        }
        // The tail of this round must stay for its end; 2 m being at most n, there are enough others.
        BitSet others = EpochRule.all(epoch.examples());
        others.andNot(before);
        others.andNot(tail(epoch, round, m));
        return Smallest.among(others, m - before.cardinality(), order(epoch, round)::uniform);
    }
}
