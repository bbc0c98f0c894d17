package org.dietsb.selector.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.history.LossEpoch;

/** As many policies as are tried at once on the recorded losses of a run, and such losses. */
public final class TenPolicies {
    private static final long SEED = 5;

    private TenPolicies() {}

    /** Three judge each batch by its losses, one at random, six each epoch. */
    public static List<Policy> all() {
        return List.of(
                Policy.ofKind(PolicyKind.SELECTIVE).keep(.5).build(),
                Policy.ofKind(PolicyKind.SELECTIVE)
                        .keep(.3)
                        .rule(Policy.Rule.PERCENTILE)
                        .historySize(1_024)
                        .build(),
                Policy.ofKind(PolicyKind.SELECTIVE).keep(.25).lossesEvery(3).build(),
                Policy.ofKind(PolicyKind.RANDOM).keep(.5).start(.2).interrupt(3).build(),
                Policy.ofKind(PolicyKind.INFOBATCH).keep(.5).build(),
                Policy.ofKind(PolicyKind.REPB).keep(.5).build(),
                Policy.ofKind(PolicyKind.ORDERDP).keep(.5).build(),
                Policy.ofKind(PolicyKind.RS2).keep(.5).build(),
                Policy.ofKind(PolicyKind.SETA).build(),
                Policy.ofKind(PolicyKind.PROGRESSIVE).build());
    }

    /** Returns an epoch whose losses fall at a pace of each example's own, in a random order. */
    public static LossEpoch recorded(int epoch, int examples, int batchSize) {
        float[] losses = new float[examples];
        int[] order = new int[examples];
        for (int i = 0; i < examples; i++) {
            double pace = RandomStream.uniform("pace", SEED, i);
            double noise = RandomStream.uniform("noise", SEED, epoch, i);
            losses[i] = (float) (2.5 * Math.exp(-pace * epoch / 20) * (.5 + noise));
            int other = (int) (RandomStream.uniform("order", SEED, epoch, i) * (i + 1));
            order[i] = order[other];
            order[other] = i;
        }
        List<int[]> batches = new ArrayList<>();
        for (int first = 0; first < examples; first += batchSize) {
            batches.add(Arrays.copyOfRange(order, first, Math.min(examples, first + batchSize)));
        }
        return new LossEpoch(epoch, batches, losses);
    }
}
