package org.dietsb.trainer.loss;

import java.util.Arrays;

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
     * Takes apart what was fetched at once.
     *
     * @param both [2 B] losses, then 1 for each example that was classified correctly, else 0
     */
    public static PassLosses apart(float[] both) {
        int size = both.length / 2;
        byte[] correct = new byte[(size + 7) / 8];
        for (int i = 0; i < size; i++) {
            if (both[size + i] != 0) {
                correct[i / 8] |= (byte) (1 << (i % 8));
            }
        }
        return new PassLosses(Arrays.copyOf(both, size), correct);
    }

    /** Returns those of the first examples. */
    public PassLosses first(int count) {
        if (count == losses.length) {
            return this;
        }
        byte[] bits = Arrays.copyOf(correct, Math.min(correct.length, (count + 7) / 8));
        if (bits.length > 0 && count % 8 != 0) {
            bits[bits.length - 1] &= (byte) ((1 << (count % 8)) - 1);
        }
        return new PassLosses(Arrays.copyOf(losses, count), bits);
    }
}
