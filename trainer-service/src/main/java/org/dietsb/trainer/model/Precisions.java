package org.dietsb.trainer.model;

/**
 * The precisions of a network.
 *
 * @param training precision of steps, evaluation and error norms
 * @param selection precision of the selection pass, whose losses are only compared with each other
 */
public record Precisions(Precision training, Precision selection) {

    /** Uses one precision for everything. */
    public static Precisions both(Precision precision) {
        return new Precisions(precision, precision);
    }
}
