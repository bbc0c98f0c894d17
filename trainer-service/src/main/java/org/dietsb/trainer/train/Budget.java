package org.dietsb.trainer.train;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.policy.TrainerDuties;

/**
 * How much a run may spend. It becomes a length in epochs once, when the run opens, by the expected cost of its first
 * policy, so that the schedule's clock can run in announced batches; a later swap does not change that length.
 */
public sealed interface Budget {

    /** As many epochs as the recipe says. */
    record Epochs() implements Budget {
        @Override
        public String toString() {
            return "epochs";
        }
    }

    /** Optimizer steps. */
    record Steps(long steps) implements Budget {
        public Steps {
            if (steps < 1) {
                throw new IllegalArgumentException("budget is steps=" + steps + ", allowed is steps=1 or more");
            }
        }

        @Override
        public String toString() {
            return "steps=" + steps;
        }
    }

    /**
     * Passes of the whole training set, a selection pass counting a third of a trained one: (selection x scale^2 + 3 x
     * selected) / 3 per example. What infobatch and repb will leave out is not known beforehand and not counted.
     */
    record Passes(double passes) implements Budget {
        public Passes {
            if (!(passes > 0 && passes <= Double.MAX_VALUE)) {
                throw new IllegalArgumentException(
                        "budget is passes=" + passes + ", allowed is passes above 0, and finite");
            }
        }

        @Override
        public String toString() {
            return "passes=" + passes;
        }
    }

    /** Of what its toString tells. */
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
            throw new IllegalArgumentException(
                    "budget is " + text + ", allowed is epochs, steps=N or passes=N", notANumber);
        }
        throw new IllegalArgumentException("budget is " + text + ", allowed is epochs, steps=N or passes=N");
    }

    /**
     * Length of the run in epochs, not always whole.
     *
     * @param examples training examples before the diet
     * @param keptByDiet examples left after it
     */
    default double epochs(TrainingOrder.Recipe recipe, Policy policy, int examples, int keptByDiet) {
        double keep = policy.kind().selects() ? policy.keep() : 1;
        if (this instanceof Steps steps) {
            double perStep = TrainerDuties.accumulates(policy) ? recipe.batchSize() / keep : recipe.batchSize();
            return steps.steps() / Math.ceil(keptByDiet / perStep);
        }
        if (this instanceof Passes passes) {
            return passes.passes() * examples / (keptByDiet * (TrainerDuties.selectionCost(policy) + 3 * keep) / 3);
        }
        return recipe.epochs();
    }
}
