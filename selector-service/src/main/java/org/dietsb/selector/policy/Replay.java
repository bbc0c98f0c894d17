package org.dietsb.selector.policy;

import java.util.BitSet;

/**
 * Replays the masks of another run, by epoch and example, independent of the order or size of batches, model and seed. Needs no losses
 * and so no selection pass.
 *
 * @param epochs number of epochs of the replayed run
 */
public record Replay(int epochs) {

    /**
     * Returns the epoch whose masks an epoch uses: the one that contains its middle, by progress. If both runs have the same number of
     * epochs, it is the same epoch.
     *
     * @param epoch from 1
     * @param of number of epochs of the replaying run
     * @return from 1 to {@link #epochs}
     */
    public int epoch(int epoch, int of) {
        return (int) Math.min(epochs, (2L * epoch - 1) * epochs / (2L * Math.max(1, of)) + 1);
    }

    /**
     * Returns the places of the selected examples within a batch; there may be none.
     *
     * @param indices [B] of the batch's examples
     * @param selected examples of the replayed epoch, by index
     */
    public static BitSet select(int[] indices, BitSet selected) {
        BitSet places = new BitSet();
        for (int place = 0; place < indices.length; place++) {
            places.set(place, selected.get(indices[place]));
        }
        return places;
    }
}
