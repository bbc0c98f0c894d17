package org.dietsb.selector.mask;

import java.util.List;
import org.dietsb.contracts.field.Numbers;

/**
 * Validated examples of a batch or a step, with their losses if there are any.
 *
 * @param indices [B] indices into the unpruned training set
 * @param losses [B] in nats, or empty
 */
record ReportedLosses(int[] indices, float[] losses) {

    /**
     * Reads the examples of a message.
     *
     * @param examples size of the training set
     * @param most maximum number of examples
     * @param limit what sets that maximum
     */
    static ReportedLosses of(List<Integer> indices, List<Float> losses, int examples, int most, String limit)
            throws PoisonException {
        int size = indices.size();
        if (size == 0 || size > most) {
            throw new PoisonException("indices has " + size + " examples, allowed is [1, " + most + "], " + limit);
        }
        if (!losses.isEmpty() && losses.size() != size) {
            throw new PoisonException(
                    "losses has " + losses.size() + " numbers for " + size + " indices, allowed are as many, or none");
        }
        int[] places = new int[size];
        for (int i = 0; i < size; i++) {
            places[i] = indices.get(i);
            if (places[i] < 0 || places[i] >= examples) {
                throw new PoisonException("indices[" + i + "] is " + Integer.toUnsignedString(places[i])
                        + ", allowed is [0, " + examples + "), the training set");
            }
        }
        float[] values = new float[losses.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = losses.get(i);
            if (!(values[i] >= 0) || Float.isInfinite(values[i])) {
                throw new PoisonException(
                        "losses[" + i + "] is " + Numbers.words(values[i]) + ", allowed is 0 or more, and finite");
            }
        }
        return new ReportedLosses(places, values);
    }

    int size() {
        return indices.length;
    }

    boolean hasLosses() {
        return losses.length > 0;
    }
}
