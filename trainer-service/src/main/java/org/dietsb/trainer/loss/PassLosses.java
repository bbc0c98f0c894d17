package org.dietsb.trainer.loss;

import java.util.BitSet;

/**
 * What a forward pass tells of the examples of a batch.
 *
 * @param losses [B] cross-entropy in nats
 * @param correct whether the label had the highest probability, a bit for each example: bit i is byte i / 8, 1 << i % 8; empty = unknown
 */
public record PassLosses(float[] losses, byte[] correct) {

    /** Creates losses whose classifications are not known. */
    public static PassLosses of(float... losses) {
        return new PassLosses(losses, new byte[0]);
    }

    /**
     * Packs the classifications of the first examples.
     *
     * @param correct at least as many as there are losses
     */
    public static PassLosses of(float[] losses, boolean[] correct) {
        BitSet bits = new BitSet();
        for (int i = 0; i < losses.length; i++) {
            bits.set(i, correct[i]);
        }
        byte[] packed = new byte[(losses.length + 7) / 8];
        byte[] set = bits.toByteArray();
        System.arraycopy(set, 0, packed, 0, set.length);
        return new PassLosses(losses, packed);
    }
}
