package org.dietsb.launcher.experiment;

/**
 * The task on which methods are compared. Its JSON fields are those of an order.
 *
 * @param limit number of training examples, from the first on; 0 = all
 * @param epochs length of the schedule
 */
public record Setting(String dataset, int limit, String model, int epochs) {

    Setting with(String other) {
        return new Setting(dataset, limit, other, epochs);
    }

    @Override
    public String toString() {
        return model + " on " + dataset + (limit == 0 ? "" : ", " + limit + " examples") + ", " + epochs + " epochs";
    }
}
