package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;

/** Reference implementations of the rules, literal and slow: the real ones must agree with them bit for bit. */
final class ByTheBook {
    private ByTheBook() {}

    static int[] random(double keep, Batch batch) {
        return smallest(drawn(batch, "mask-random"), BatchRule.count(keep, batch.size()));
    }

    static int[] rank(double keep, Batch batch) {
        int n = batch.size();
        int[] order =
                order(IntStream.range(0, n).mapToDouble(i -> batch.losses()[i]).toArray());
        double[] drawn = drawn(batch, "mask-rank");
        double[] arrivals = new double[n];
        for (int rank = 0; rank < n; rank++) {
            double logWeight = (1 / keep - 1) * StrictMath.log((rank + .5) / n);
            arrivals[order[rank]] = StrictMath.log(-StrictMath.log(drawn[order[rank]])) - logWeight;
        }
        return smallest(arrivals, BatchRule.count(keep, n));
    }

    /**
     * By percentile.
     *
     * @param history the last R losses, the batch's among them
     */
    static int[] percentile(double keep, Batch batch, List<Float> history) {
        double[] probabilities = new double[batch.size()];
        for (int place = 0; place < probabilities.length; place++) {
            float loss = batch.losses()[place];
            double share =
                    (double) history.stream().filter(other -> other < loss).count() / history.size();
            probabilities[place] = StrictMath.pow(share, 1 / keep - 1);
        }
        if (Arrays.stream(probabilities).allMatch(probability -> probability == 0)) {
            return random(keep, batch);
        }
        double[] drawn = drawn(batch, "mask-percentile");
        return IntStream.range(0, batch.size())
                .filter(place -> drawn[place] < probabilities[place])
                .toArray();
    }

    /** What InfoBatch leaves out of an epoch. */
    static BitSet leftOut(double keep, long seed, int epoch, int examples, IntToDoubleFunction lastLoss) {
        double mean = IntStream.range(0, examples)
                .mapToDouble(lastLoss)
                .filter(loss -> !Double.isNaN(loss))
                .average()
                .orElse(Double.NaN);
        int[] below = IntStream.range(0, examples)
                .filter(index -> lastLoss.applyAsDouble(index) < mean)
                .toArray();
        double[] drawn = Arrays.stream(below)
                .mapToDouble(index -> RandomStream.uniform("mask-infobatch", seed, epoch, index))
                .toArray();
        BitSet leftOut = new BitSet();
        for (int place : smallest(drawn, (int) Math.floor((1 - keep) * below.length + 1e-9))) {
            leftOut.set(below[place]);
        }
        return leftOut;
    }

    private static double[] drawn(Batch batch, String stream) {
        return IntStream.range(0, batch.size())
                .mapToDouble(place -> RandomStream.uniform(stream, batch.seed(), batch.epoch(), batch.batch(), place))
                .toArray();
    }

    /** Places by ascending key; ties keep their order. */
    private static int[] order(double[] keys) {
        return IntStream.range(0, keys.length)
                .boxed()
                .sorted((a, b) -> Double.compare(keys[a], keys[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The places of the m smallest keys, ascending by place. */
    static int[] smallest(double[] keys, int m) {
        return Arrays.stream(order(keys)).limit(m).sorted().toArray();
    }
}
