package org.dietsb.trainer.train;

import static org.dietsb.contracts.Bounds.require;

import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.TrainerDuties;

/**
 * The amount of training of a run. It is converted once, when the run opens, to a length in epochs, by the expected cost of the run's
 * first policy, so that the learning-rate schedule can follow announced batches. A later swap does not change the length.
 */
public sealed interface Budget {

    /** The number of epochs of the recipe. */
    record Epochs() implements Budget {
        @Override
        public String toString() {
            return "epochs";
        }
    }

    /** A number of optimizer steps. */
    record Steps(long steps) implements Budget {
        public Steps {
            if (steps < 1) {
                throw new RefusedException("budget", "budget is steps=" + steps + ", allowed is steps=1 or more");
            }
        }

        @Override
        public String toString() {
            return "steps=" + steps;
        }
    }

    /**
     * A number of passes over the whole training set; a selection pass counts as a third of a trained one: (selection x scale^2 + 3 x
     * selected) / 3 per example. What a policy will leave out by the losses of steps is not known beforehand and counts as trained.
     */
    record Passes(double passes) implements Budget {
        public Passes {
            if (!(passes > 0 && passes <= Double.MAX_VALUE)) {
                throw new RefusedException(
                        "budget", "budget is passes=" + passes + ", allowed is passes above 0, and finite");
            }
        }

        @Override
        public String toString() {
            return "passes=" + passes;
        }
    }

    /** Parses the string form. */
    static Budget parse(String text) {
        try {
            if (text.equals("epochs")) {
                return new Epochs();
            }
            if (text.startsWith("steps=")) {
                return new Steps(Long.parseLong(text.substring("steps=".length())));
            }
            if (text.startsWith("passes=")) {
                return new Passes(Double.parseDouble(text.substring("passes=".length())));
            }
        } catch (NumberFormatException notANumber) {
            throw unknown(text);
        }
        throw unknown(text);
    }

    private static RefusedException unknown(String text) {
        return new RefusedException("budget", "budget is " + text + ", allowed is epochs, steps=N or passes=N");
    }

    /**
     * Returns the length of the run in epochs, not always a whole number.
     *
     * @throws IllegalArgumentException if the run would end within its warm-up
     * @param examples number of training examples before the diet
     * @param keptByDiet number of examples that the diet keeps
     */
    default double epochs(TrainingOrder.Recipe recipe, Policy policy, int examples, int keptByDiet) {
        double length = length(recipe, policy, examples, keptByDiet);
        require(
                recipe.warmupEpochs() == 0 || recipe.warmupEpochs() < length,
                "warmupEpochs",
                recipe.warmupEpochs(),
                "[0, " + Divergence.digits(length) + "): budget " + this + " ends the run after "
                        + Divergence.digits(length) + " epochs");
        return length;
    }

    private double length(TrainingOrder.Recipe recipe, Policy policy, int examples, int keptByDiet) {
        double keep = policy.kind().keepsOfAll() ? policy.keep() : 1;
        if (this instanceof Steps steps) {
            double perStep = TrainerDuties.accumulates(policy) || policy.kind().byEpoch()
                    ? recipe.batchSize() / keep
                    : recipe.batchSize();
            return steps.steps() / Math.ceil(keptByDiet / perStep);
        }
        if (this instanceof Passes passes) {
            return passes.passes() * examples / (keptByDiet * (TrainerDuties.selectionCost(policy) + 3 * keep) / 3);
        }
        return recipe.epochs();
    }
}
