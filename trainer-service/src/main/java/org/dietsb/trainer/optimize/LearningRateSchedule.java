package org.dietsb.trainer.optimize;

/**
 * Learning rate over the progress of training, in [0, 1], counted in announced batches: a run ends fully decayed, however few steps
 * its policy takes.
 */
@FunctionalInterface
public interface LearningRateSchedule {

    double at(double progress);

    /**
     * Returns the schedule of a name, with a linear warm-up from 0 if there is one.
     *
     * @param warmupProgress share of training that the warm-up takes, in [0, 1)
     * @throws IllegalArgumentException if no schedule has this name
     */
    static LearningRateSchedule of(String name, double learningRate, double warmupProgress) {
        LearningRateSchedule schedule =
                switch (name) {
                    case "step" -> progress -> step(learningRate, progress);
                    // Half a cosine, down to 0 (Loshchilov and Hutter 2017, without restarts).
                    case "cosine" ->
                        progress -> learningRate * .5 * (1 + StrictMath.cos(Math.PI * Math.min(1, progress)));
                    case "constant" -> progress -> learningRate;
                    default ->
                        throw new IllegalArgumentException(
                                "schedule is " + name + ", allowed is one of step, cosine, constant");
                };
        return warmupProgress > 0
                ? progress -> schedule.at(progress) * Math.min(1, progress / warmupProgress)
                : schedule;
    }

    /** Times 0.2 at 30 %, 60 % and 80 % of training (Zagoruyko and Komodakis 2016). */
    private static double step(double learningRate, double progress) {
        double rate = learningRate;
        for (double drop : new double[] {.3, .6, .8}) {
            rate *= progress >= drop ? .2 : 1;
        }
        return rate;
    }
}
