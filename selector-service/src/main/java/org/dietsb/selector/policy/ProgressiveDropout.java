package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * Progressive data dropout (Shriram et al., NeurIPS 2025, arXiv 2505.22342). An example is easy if the model gave its class a probability of tau
 * or more when it was last trained, {@code e^-loss >= tau}. An epoch trains the others, at most {@code n gamma^(t - 1)} of them in epoch
 * t, drawn at random. So that an easy example can become a hard one again, it is trained in one epoch of {@code recheck}, each in its
 * turn. With tau = 1 no example is easy, and gamma alone decides: the paper's scalar random dropout.
 *
 * @param tau in (0, 1]
 * @param gamma in (0, 1]; 1 = no bound
 * @param recheck from 1
 */
record ProgressiveDropout(double tau, double gamma, int recheck) implements EpochRule {

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        int n = epoch.examples();
        double easiest = -StrictMath.log(tau);
        RandomStream turns = RandomStream.of("mask-progressive-turn", epoch.seed());
        BitSet wanted = new BitSet(n);
        for (int index = 0; index < n; index++) {
            double loss = Math.abs(signedLoss.applyAsDouble(index));
            boolean hard = Double.isNaN(loss) || tau == 1 || loss > easiest;
            wanted.set(index, hard || ((long) (turns.uniform(index) * recheck) + epoch.number()) % recheck == 0);
        }
        RandomStream chance = RandomStream.of("mask-progressive", epoch.seed(), epoch.number());
        int most = BatchRule.count(StrictMath.pow(gamma, epoch.number() - 1), n);
        if (wanted.cardinality() > most) {
            return Choice.of(Smallest.among(wanted, most, chance::uniform));
        }
        // An epoch without examples would take no step.
        return Choice.of(wanted.isEmpty() ? Smallest.among(EpochRule.all(n), 1, chance::uniform) : wanted);
    }
}
