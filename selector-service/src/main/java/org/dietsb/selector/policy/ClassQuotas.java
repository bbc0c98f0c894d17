package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.PriorityQueue;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * RCAP (Hassan et al., UAI 2025, PMLR 286, arXiv 2606.11761), as in the authors' code. Within a class, an example of loss l, at most ln C
 * with C classes, has importance {@code exp(l / beta)}, as a share of its class. A class gets a quota in proportion to {@code sqrt(A P)}: A
 * is the importance of those of its examples that the epoch before trained, P the class's share of all examples. A class gives its quota
 * one after the other, without replacement, by importance. Exactly round(keep n) are trained, without weights. An example that was never
 * trained has loss ln C. No selection pass: the losses are those of the training steps.
 *
 * @param keep share of all examples, in (0, 1]
 * @param beta above 0; the lower, the more a high loss counts
 * @param classes of all examples
 * @param before examples that the epoch before trained; of a class without any, all count as trained
 */
record ClassQuotas(double keep, double beta, Classes classes, BitSet before) implements EpochRule {
    /** Size of a class from which on its keys are not copied. */
    private static final int LARGE_CLASS = 100_000;

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        double most = StrictMath.log(classes.count());
        IntToDoubleFunction scaled = index -> {
            double loss = Math.abs(signedLoss.applyAsDouble(index));
            // Not a number is not below.
            return (loss < most ? loss : most) / beta;
        };
        int[] quotas = quotas(BatchRule.count(keep, epoch.examples()), scaled);
        RandomStream chance = RandomStream.of("mask-rcap", epoch.seed(), epoch.number());
        // The race of RankSelective: in logarithms, because weights may underflow.
        IntToDoubleFunction arrival =
                index -> StrictMath.log(-StrictMath.log(chance.uniform(index))) - scaled.applyAsDouble(index);
        BitSet kept = new BitSet(epoch.examples());
        for (int number = 0; number < quotas.length; number++) {
            first(number, quotas[number], arrival, kept);
        }
        return Choice.of(kept);
    }

    /** Adds the first arrivals of a class. */
    private void first(int number, int quota, IntToDoubleFunction arrival, BitSet kept) {
        int size = classes.size(number);
        if (size > LARGE_CLASS) {
            BitSet all = new BitSet(kept.size());
            for (int place = 0; place < size; place++) {
                all.set(classes.example(number, place));
            }
            kept.or(Smallest.among(all, quota, arrival));
            return;
        }
        double[] arrivals = new double[size];
        for (int place = 0; place < size; place++) {
            arrivals[place] = arrival.applyAsDouble(classes.example(number, place));
        }
        for (int place : Smallest.places(arrivals, quota)) {
            kept.set(classes.example(number, place));
        }
    }

    /** Returns the number of examples of each class, m in all: at least one of each if m suffices. */
    private int[] quotas(int m, IntToDoubleFunction scaled) {
        double[] weights = new double[classes.count()];
        for (int number = 0; number < weights.length; number++) {
            weights[number] = StrictMath.sqrt(trained(number, scaled) * classes.size(number));
        }
        int[] quotas = whole(m, shares(m, weights));
        oneOfEach(m, quotas);
        return quotas;
    }

    /** Returns A, the importance of the examples of a class that the epoch before trained. */
    private double trained(int number, IntToDoubleFunction scaled) {
        int size = classes.size(number);
        double highest = Double.NEGATIVE_INFINITY;
        for (int place = 0; place < size; place++) {
            highest = Math.max(highest, scaled.applyAsDouble(classes.example(number, place)));
        }
        double all = 0;
        double trained = 0;
        boolean any = false;
        for (int place = 0; place < size; place++) {
            int index = classes.example(number, place);
            double importance = StrictMath.exp(scaled.applyAsDouble(index) - highest);
            all += importance;
            if (before.get(index)) {
                trained += importance;
                any = true;
            }
        }
        return any ? Math.max(trained / all, Double.MIN_NORMAL) : 1;
    }

    /** Divides m in proportion to weights; a class that would get more than it has gets all, and the others share the rest. */
    private double[] shares(int m, double[] weights) {
        double[] shares = new double[weights.length];
        boolean[] full = new boolean[weights.length];
        boolean changed = true;
        while (changed) {
            double left = m;
            double total = 0;
            for (int number = 0; number < weights.length; number++) {
                left -= full[number] ? classes.size(number) : 0;
                total += full[number] ? 0 : weights[number];
            }
            changed = false;
            for (int number = 0; number < weights.length; number++) {
                if (!full[number]) {
                    shares[number] = left * weights[number] / total;
                }
            }
            for (int number = 0; number < weights.length; number++) {
                if (shares[number] >= classes.size(number) && !full[number]) {
                    shares[number] = classes.size(number);
                    full[number] = true;
                    changed = true;
                }
            }
        }
        return shares;
    }

    /** Rounds shares of m to whole numbers, the largest remainders up, of equal ones the first. */
    private static int[] whole(int m, double[] shares) {
        int[] whole = new int[shares.length];
        double[] remainders = new double[shares.length];
        int left = m;
        for (int number = 0; number < shares.length; number++) {
            whole[number] = (int) Math.floor(shares[number] + 1e-9);
            remainders[number] = -Math.max(0, shares[number] - whole[number]);
            left -= whole[number];
        }
        for (int number : Smallest.places(remainders, Math.max(0, left))) {
            whole[number]++;
        }
        return whole;
    }

    /** Gives each class without an example one of the class that has most, while m suffices for all. */
    private static void oneOfEach(int m, int[] quotas) {
        if (m < quotas.length) {
            return;
        }
        PriorityQueue<Integer> most = new PriorityQueue<>(
                (a, b) -> quotas[a] == quotas[b] ? Integer.compare(a, b) : Integer.compare(quotas[b], quotas[a]));
        for (int number = 0; number < quotas.length; number++) {
            if (quotas[number] > 1) {
                most.add(number);
            }
        }
        for (int number = 0; number < quotas.length; number++) {
            if (quotas[number] == 0) {
                int giver = most.remove();
                quotas[giver]--;
                quotas[number] = 1;
                if (quotas[giver] > 1) {
                    most.add(giver);
                }
            }
        }
    }
}
