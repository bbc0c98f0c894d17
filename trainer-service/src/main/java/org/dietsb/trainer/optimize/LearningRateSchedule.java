package org.dietsb.trainer.optimize;

/**
 * Learning rate over the progress of training, in [0, 1], counted in announced batches: however few steps a policy takes,
 * its run ends fully decayed.
 */
public sealed interface LearningRateSchedule {

    double at(double progress);

    /**
     * The schedule of this name, with a linear warm-up from 0 if asked for.
     *
     * @param warmupProgress share of training that the warm-up takes, in [0, 1)
     * @throws IllegalArgumentException if no schedule has this name
     */
    static LearningRateSchedule of(String name, double learningRate, double warmupProgress) {
        LearningRateSchedule schedule =
                switch (name) {
                    case "step" -> new Step(learningRate);
                    case "cosine" -> new Cosine(learningRate);
                    case "constant" -> new Constant(learningRate);
                    default ->
                        throw new IllegalArgumentException(
                                "schedule is " + name + ", allowed is one of step, cosine, constant");
                };
        return warmupProgress > 0 ? new Warmup(schedule, warmupProgress) : schedule;
    }

    /** Times 0.2 at 30 %, 60 % and 80 % of training (Zagoruyko and Komodakis 2016). */
    record Step(double learningRate) implements LearningRateSchedule {
        @Override
        public double at(double progress) {
            double rate = learningRate;
            for (double drop : new double[] {.3, .6, .8}) {
                rate *= progress >= drop ? .2 : 1;
            }
            return rate;
        }
    }

    /** Half a cosine, down to 0 (Loshchilov and Hutter 2017, without restarts). */
    record Cosine(double learningRate) implements LearningRateSchedule {
        @Override
        public double at(double progress) {
            return learningRate * .5 * (1 + StrictMath.cos(Math.PI * Math.min(1, progress)));
        }
    }

    record Constant(double learningRate) implements LearningRateSchedule {
        @Override
        public double at(double progress) {
            return learningRate;
        }
    }

    /** Rises linearly to what the other schedule says. */
    record Warmup(LearningRateSchedule then, double until) implements LearningRateSchedule {
        @Override
        public double at(double progress) {
            return then.at(progress) * Math.min(1, progress / until);
        }
    }
}
