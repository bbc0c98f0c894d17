package org.dietsb.selector.policy;

import java.util.Arrays;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.LossOrder;

/**
 * RHO-LOSS (Mindermann et al., ICML 2022, arXiv 2206.07137). Keeps exactly round(keep n) examples of a batch, those with the highest
 * reducible loss: the loss minus that of a reference model, which stands for the part of it that no training removes. Of equal ones the
 * later in the batch count as higher, as in {@link RankSelective}. Nothing is drawn.
 *
 * @param keep share of the batch, in (0, 1]
 */
record ReducibleLoss(double keep) implements BatchRule {

    @Override
    public boolean wantsLosses() {
        return true;
    }

    /** Selects; the history gets the losses as they are, for a policy that comes after. */
    @Override
    public int[] select(Batch batch, LossHistory history) {
        history.append(batch.losses());
        return highest(batch);
    }

    /** Returns 1 for the examples that are kept and 0 for the others. */
    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        double[] probabilities = new double[batch.size()];
        for (int place : highest(batch)) {
            probabilities[place] = 1;
        }
        return probabilities;
    }

    private int[] highest(Batch batch) {
        int[] places = LossOrder.places(reducible(batch));
        int n = places.length;
        int[] kept = Arrays.copyOfRange(places, n - BatchRule.count(keep, n), n);
        Arrays.sort(kept);
        return kept;
    }

    /** Returns the reducible losses of a batch, [B] in nats; negative where the reference does worse. */
    private static float[] reducible(Batch batch) {
        float[] losses = batch.losses();
        float[] references = batch.references();
        if (references.length != losses.length) {
            throw new IllegalArgumentException(
                    references.length + " reference losses for " + losses.length + " losses");
        }
        float[] reducible = new float[losses.length];
        for (int place = 0; place < reducible.length; place++) {
            reducible[place] = losses[place] - references[place];
        }
        return reducible;
    }
}
