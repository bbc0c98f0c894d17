package org.dietsb.trainer.train;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Selected examples that wait for a full batch (batching accumulate). First in, first out. */
public final class StepQueue {
    private int[] indices = new int[0];
    private float[] weights = new float[0];

    /** Returns the waiting examples without removing them. */
    Taken waiting() {
        return new Taken(indices.clone(), weights.clone());
    }

    int size() {
        return indices.length;
    }

    void add(int[] moreIndices, float[] moreWeights) {
        int before = indices.length;
        indices = Arrays.copyOf(indices, before + moreIndices.length);
        weights = Arrays.copyOf(weights, before + moreWeights.length);
        System.arraycopy(moreIndices, 0, indices, before, moreIndices.length);
        System.arraycopy(moreWeights, 0, weights, before, moreWeights.length);
    }

    /** Removes the first n examples, or all if there are fewer. */
    Taken take(int n) {
        int count = Math.min(n, indices.length);
        Taken taken = new Taken(Arrays.copyOf(indices, count), Arrays.copyOf(weights, count));
        indices = Arrays.copyOfRange(indices, count, indices.length);
        weights = Arrays.copyOfRange(weights, count, weights.length);
        return taken;
    }

    public record Taken(int[] indices, float[] weights) {

        /** Returns null if all weights are 1. */
        float @Nullable [] weightsOrNull() {
            for (float weight : weights) {
                if (weight != 1) {
                    return weights;
                }
            }
            return null;
        }
    }
}
