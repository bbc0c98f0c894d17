package org.dietsb.selector.policy;

import java.util.BitSet;

/**
 * Masks of another run, by epoch and example: whatever the order or size of batches, model or seed. It needs no losses, and
 * so no selection pass.
 *
 * @param epochs of the run whose masks they are
 */
public record Replay(int epochs) {

    /**
     * The epoch whose masks an epoch goes by: that in which its middle lies, by progress. Where the numbers of epochs are
     * equal it is the same one.
     *
     * @param epoch from 1
     * @param of so many epochs
     * @return from 1 to {@link #epochs}
     */
    public int epoch(int epoch, int of) {
        return (int) Math.min(epochs, (2L * epoch - 1) * epochs / (2L * Math.max(1, of)) + 1);
    }

    /**
     * The places within a batch of what was selected; none may be.
     *
     * @param indices [B] of the batch's examples
     * @param selected by the other run in this epoch, by index
     */
    public static BitSet select(int[] indices, BitSet selected) {
        BitSet places = new BitSet();
        for (int place = 0; place < indices.length; place++) {
            places.set(place, selected.get(indices[place]));
        }
        return places;
    }
}
