package org.dietsb.launcher.experiment;

/**
 * What methods are compared on.
 *
 * @param limit first so many training examples; 0 = all
 * @param epochs length of the schedule
 */
public record Setting(String dataset, int limit, String model, int epochs) {

    /** In words. */
    @Override
    public String toString() {
        return model + " on " + dataset + (limit == 0 ? "" : ", " + limit + " examples") + ", " + epochs + " epochs";
    }
}
