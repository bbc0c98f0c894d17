package org.dietsb.trainer.rest;

import static java.util.Objects.requireNonNullElse;
import static org.dietsb.contracts.field.OrderField.AUGMENT;
import static org.dietsb.contracts.field.OrderField.BATCH_SIZE;
import static org.dietsb.contracts.field.OrderField.BUDGET;
import static org.dietsb.contracts.field.OrderField.EPOCHS;
import static org.dietsb.contracts.field.OrderField.LEARNING_RATE;
import static org.dietsb.contracts.field.OrderField.MOMENTUM;
import static org.dietsb.contracts.field.OrderField.SCHEDULE;
import static org.dietsb.contracts.field.OrderField.WARMUP_EPOCHS;
import static org.dietsb.contracts.field.OrderField.WEIGHT_DECAY;

import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder.Recipe;
import org.jspecify.annotations.Nullable;

/** The fields of an order that say how it trains; null stands for the default. */
record RequestedRecipe(
        @Nullable Integer epochs,
        @Nullable String budget,
        @Nullable Integer batchSize,
        @Nullable Double learningRate,
        @Nullable String schedule,
        @Nullable Double warmupEpochs,
        @Nullable Double momentum,
        @Nullable Double weightDecay,
        @Nullable String augment) {
    private static final RequestedRecipe USUAL =
            new RequestedRecipe(null, null, null, null, null, null, null, null, "crop,flip");

    /** Returns the recipe; the usual one stands for one that is refused, which is noted. */
    Recipe recipe(String dataset, Choices choices) {
        Violations wrong = choices.wrong();
        String changes = choices.of(AUGMENT, augment, OrderField.usualAugment(dataset), AUGMENT.choices());
        Recipe read = wrong.orNull(() -> new Recipe(
                requireNonNullElse(epochs, EPOCHS.usualWhole()),
                wrong.or(new Budget.Epochs(), () -> Budget.parse(requireNonNullElse(budget, BUDGET.usual()))),
                requireNonNullElse(batchSize, BATCH_SIZE.usualWhole()),
                requireNonNullElse(learningRate, LEARNING_RATE.usualNumber()),
                choices.of(SCHEDULE, schedule),
                requireNonNullElse(warmupEpochs, WARMUP_EPOCHS.usualNumber()),
                requireNonNullElse(momentum, MOMENTUM.usualNumber()),
                requireNonNullElse(weightDecay, WEIGHT_DECAY.usualNumber()),
                changes.contains("crop"),
                changes.contains("flip")));
        return read == null ? USUAL.recipe(dataset, choices) : read;
    }
}
