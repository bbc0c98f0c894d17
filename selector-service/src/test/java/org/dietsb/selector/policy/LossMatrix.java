package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.dietsb.contracts.RandomStream;

/** Losses by epoch and example, as in a training run: they fall, at a pace of each example's own, and only trained ones are known. */
final class LossMatrix {
    private static final long SEED = 11;

    /** A rule and the plain implementation of its formula. */
    private record Pair(EpochRule rule, Plain plain, float[] last) {}

    private interface Plain {
        BitSet choose(int epoch, float[] losses);
    }

    private LossMatrix() {}

    private static float loss(int epoch, int index) {
        double pace = RandomStream.uniform("matrix-pace", SEED, index);
        double noise = RandomStream.uniform("matrix-noise", SEED, epoch, index);
        double loss = 2.5 * Math.exp(-4 * pace * epoch / 40.0) * (.5 + noise);
        // Losses of half precision: many are equal.
        return (float) (Math.rint(loss * 512) / 512);
    }

    /**
     * Trains by every rule, and requires of each epoch that its choice is that of the formula; an example's last loss is that of the
     * last epoch that chose it.
     *
     * @return number of choices that were compared
     */
    static int compared(int examples, int epochs) {
        List<Pair> pairs = pairs(examples);
        EpochRules.Walk third = new EpochRules.Walk(examples, BatchRule.count(.3, examples), SEED);
        EpochRules.Walk half = new EpochRules.Walk(examples, BatchRule.count(.5, examples), SEED);
        List<StatefulRules.Subject> stateful = stateful(examples);
        int[] leftOut = new int[stateful.size()];
        int compared = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            EpochRule.Epoch opened = new EpochRule.Epoch(SEED, epoch, examples);
            for (Pair pair : pairs) {
                EpochRule.Choice choice = pair.rule.choose(opened, index -> pair.last[index]);
                assertThat(choice.kept())
                        .as("%s, epoch %d", pair.rule, epoch)
                        .isEqualTo(pair.plain.choose(epoch, pair.last));
                int now = epoch;
                choice.kept().stream().forEach(index -> pair.last[index] = loss(now, index));
                compared++;
            }
            assertThat(new RepeatedRandom(.3).choose(opened, none -> 0).kept())
                    .as("rs2 .3, epoch %d", epoch)
                    .isEqualTo(third.next());
            assertThat(new RepeatedRandom(.5).choose(opened, none -> 0).kept())
                    .as("rs2 .5, epoch %d", epoch)
                    .isEqualTo(half.next());
            compared += 2;
            float[] losses = new float[examples];
            for (int index = 0; index < examples; index++) {
                losses[index] = loss(epoch, index);
            }
            for (StatefulRules.Subject subject : stateful) {
                BitSet kept = subject.choose(epoch);
                assertThat(kept)
                        .as("%s, epoch %d", subject.getClass().getSimpleName(), epoch)
                        .isEqualTo(subject.plainly(epoch));
                subject.train(epoch, kept, losses);
                leftOut[stateful.indexOf(subject)] += examples - kept.cardinality();
                compared++;
            }
        }
        assertThat(leftOut).as("each rule leaves out some").doesNotContain(0);
        return compared;
    }

    private static List<StatefulRules.Subject> stateful(int examples) {
        return List.of(
                new StatefulRules.Bls(SEED, examples, .5, .9),
                new StatefulRules.Ies(SEED, examples, .05, 5),
                new StatefulRules.Rcap(SEED, examples, .5, 1, LossMatrix::label),
                new StatefulRules.Rcap(SEED, examples, .2, .25, LossMatrix::label));
    }

    /** One of ten classes, of which the first have the most examples. */
    private static int label(int index) {
        double draw = RandomStream.uniform("matrix-label", SEED, index);
        return (int) (10 * draw * draw * draw);
    }

    private static List<Pair> pairs(int examples) {
        List<Pair> pairs = new ArrayList<>();
        pairs.add(pair(
                examples, new OrderDP(.5, .75), (epoch, losses) -> EpochRules.orderDP(.5, .75, SEED, epoch, losses)));
        pairs.add(pair(
                examples, new OrderDP(.3, .8), (epoch, losses) -> EpochRules.orderDP(.3, .8, SEED, epoch, losses)));
        pairs.add(pair(
                examples,
                new ProgressiveDropout(.3, .99, 5),
                (epoch, losses) -> EpochRules.progressive(.3, .99, 5, SEED, epoch, losses)));
        pairs.add(pair(
                examples, new SeTa(.1, 5, .9), (epoch, losses) -> EpochRules.seTa(.1, 5, .9, SEED, epoch, losses)));
        pairs.add(pair(
                examples, new SeTa(0, 10, .6), (epoch, losses) -> EpochRules.seTa(0, 10, .6, SEED, epoch, losses)));
        return pairs;
    }

    private static Pair pair(int examples, EpochRule rule, Plain plain) {
        float[] last = new float[examples];
        Arrays.fill(last, Float.NaN);
        return new Pair(rule, plain, last);
    }
}
