package org.dietsb.trainer.model;

/**
 * What a network computes in.
 *
 * @param training of steps, evaluation and error norms
 * @param selection of the selection pass, whose losses are only compared with each other
 */
public record Precisions(Precision training, Precision selection) {

    /** One for all. */
    public static Precisions both(Precision precision) {
        return new Precisions(precision, precision);
    }
}
