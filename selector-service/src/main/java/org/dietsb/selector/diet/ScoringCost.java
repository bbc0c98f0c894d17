package org.dietsb.selector.diet;

/**
 * What a score set cost. It is made once, and serves every run that uses it.
 *
 * @param seconds sum of the seconds of the members
 * @param examplesTrained example-passes of the members
 */
public record ScoringCost(double seconds, long examplesTrained) {
    /** Returns the cost in passes over a training set. */
    public double passes(int examples) {
        return (double) examplesTrained / examples;
    }
}
