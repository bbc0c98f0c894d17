package org.dietsb.selector.run;

import org.dietsb.trainer.wire.Budget;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.TrainingOrder;

/** Converts the settings of orders from their wire form. What a message leaves out has the trainer's default. */
final class OrderedWire {
    private static final int WINDOW = 4;
    private static final int TIMEOUT_MILLIS = 30_000;

    private OrderedWire() {}

    static Ordered fromWire(TrainingOrder order) {
        Recipe recipe = order.getRecipe();
        DatasetChoice dataset = order.getDataset();
        int timeout = order.getMaskTimeoutMillis() == 0 ? TIMEOUT_MILLIS : order.getMaskTimeoutMillis();
        return new Ordered(
                dataset.getName(),
                dataset.getDataDir(),
                dataset.getLimit(),
                dataset.getImageSize(),
                dataset.getOnBadPicture() == DatasetChoice.OnBadPicture.SKIP ? "skip" : "fail",
                order.getModelFile().getPath(),
                order.getInit().getPath(),
                recipe.getEpochs(),
                budget(recipe.getBudget()),
                recipe.getLearningRate(),
                switch (recipe.getSchedule()) {
                    case STEP -> "step";
                    case CONSTANT -> "constant";
                    case COSINE, SCHEDULE_UNSPECIFIED, UNRECOGNIZED -> "cosine";
                },
                recipe.getWarmupEpochs(),
                recipe.getMomentum(),
                recipe.getWeightDecay(),
                augment(recipe.getCrop(), recipe.getFlip()),
                order.getWindow() == 0 ? WINDOW : order.getWindow(),
                timeout / 1_000.0,
                switch (order.getOnTimeout()) {
                    case RANDOM_AT_LAST_KEEP -> "random";
                    case WAIT -> "wait";
                    case WHOLE, ON_TIMEOUT_UNSPECIFIED, UNRECOGNIZED -> "whole";
                },
                order.getEvaluateEvery(),
                order.hasStopAtAccuracy() ? order.getStopAtAccuracy() : null,
                order.getCheckpointEvery(),
                order.getTagsList());
    }

    private static String budget(Budget budget) {
        return switch (budget.getSpendCase()) {
            case STEPS -> "steps=" + budget.getSteps();
            case PASSES -> "passes=" + budget.getPasses();
            case SPEND_NOT_SET -> "epochs";
        };
    }

    private static String augment(boolean crop, boolean flip) {
        return crop ? flip ? "crop,flip" : "crop" : flip ? "flip" : "none";
    }
}
