package org.dietsb.trainer.order;

import java.time.Duration;
import java.util.Locale;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.GivenFile;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.ScoringMember;

/** Converts orders and dataset identities between records and messages. */
public final class OrderWire {
    private OrderWire() {}

    public static org.dietsb.trainer.wire.TrainingOrder toWire(TrainingOrder order) {
        TrainingOrder.Recipe recipe = order.recipe();
        Recipe.Builder wireRecipe = Recipe.newBuilder()
                .setEpochs(recipe.epochs())
                .setBatchSize(recipe.batchSize())
                .setLearningRate(recipe.learningRate())
                .setSchedule(Recipe.Schedule.valueOf(recipe.schedule().toUpperCase(Locale.ROOT)))
                .setWarmupEpochs(recipe.warmupEpochs())
                .setMomentum(recipe.momentum())
                .setWeightDecay(recipe.weightDecay())
                .setCrop(recipe.crop())
                .setFlip(recipe.flip());
        if (recipe.budget() instanceof Budget.Steps steps) {
            wireRecipe.getBudgetBuilder().setSteps(steps.steps());
        } else if (recipe.budget() instanceof Budget.Passes passes) {
            wireRecipe.getBudgetBuilder().setPasses(passes.passes());
        }
        DatasetChoice.Builder dataset = DatasetChoice.newBuilder()
                .setName(order.dataset().name())
                .setLimit(order.dataset().limit())
                .setImageSize(order.dataset().imageSize());
        if (order.dataset().onBadPicture() == OnBadPicture.SKIP) {
            dataset.setOnBadPicture(DatasetChoice.OnBadPicture.SKIP);
        }
        String dataDir = order.dataset().dataDir();
        if (dataDir != null) {
            dataset.setDataDir(dataDir);
        }
        org.dietsb.trainer.wire.TrainingOrder.Builder wire = org.dietsb.trainer.wire.TrainingOrder.newBuilder()
                .setRunId(order.runId())
                .setDataset(dataset)
                .setModel(order.model())
                .setSeed(order.seed())
                .setRecipe(wireRecipe)
                .setWindow(order.window())
                .setFirstPolicy(PolicyWire.toWire(order.firstPolicy()))
                .setMaskTimeoutMillis((int) order.maskTimeout().toMillis())
                .setOnTimeout(KafkaLossLog.toWire(order.onTimeout()))
                .setEvaluateEvery(order.evaluateEvery())
                .setCheckpointEvery(order.checkpointEvery());
        Double stopAtAccuracy = order.stopAtAccuracy();
        if (stopAtAccuracy != null) {
            wire.setStopAtAccuracy(stopAtAccuracy);
        }
        TrainingOrder.GivenFile init = order.init();
        if (init != null) {
            wire.setInit(toWire(init));
        }
        TrainingOrder.GivenFile modelFile = order.modelFile();
        if (modelFile != null) {
            wire.setModelFile(toWire(modelFile));
        }
        TrainingOrder.ScoringMember member = order.member();
        if (member != null) {
            wire.setMember(ScoringMember.newBuilder()
                    .setScoringId(member.scoringId())
                    .setMember(member.member())
                    .setStopAfterEpochs(member.stopAfterEpochs()));
        }
        if (order.proxyOf() != null) {
            wire.setProxyOf(order.proxyOf());
        }
        return wire.setForeign(order.foreign()).addAllTags(order.tags()).build();
    }

    /**
     * Returns the record of an order. Window, schedule, mask time-out and its handling have defaults.
     *
     * @throws IllegalArgumentException naming the field that is out of range
     */
    public static TrainingOrder fromWire(org.dietsb.trainer.wire.TrainingOrder wire) {
        Recipe recipe = wire.getRecipe();
        return new TrainingOrder(
                wire.getRunId(),
                new TrainingOrder.DatasetChoice(
                        wire.getDataset().getName(),
                        wire.getDataset().getDataDir().isEmpty()
                                ? null
                                : wire.getDataset().getDataDir(),
                        wire.getDataset().getLimit(),
                        wire.getDataset().getImageSize(),
                        switch (wire.getDataset().getOnBadPicture()) {
                            case SKIP -> OnBadPicture.SKIP;
                            case FAIL, ON_BAD_PICTURE_UNSPECIFIED, UNRECOGNIZED -> OnBadPicture.FAIL;
                        }),
                wire.getModel(),
                wire.getSeed(),
                new TrainingOrder.Recipe(
                        recipe.getEpochs(),
                        switch (recipe.getBudget().getSpendCase()) {
                            case STEPS -> new Budget.Steps(recipe.getBudget().getSteps());
                            case PASSES -> new Budget.Passes(recipe.getBudget().getPasses());
                            case SPEND_NOT_SET -> new Budget.Epochs();
                        },
                        recipe.getBatchSize(),
                        recipe.getLearningRate(),
                        switch (recipe.getSchedule()) {
                            case STEP -> "step";
                            case COSINE, SCHEDULE_UNSPECIFIED -> "cosine";
                            case CONSTANT -> "constant";
                            case UNRECOGNIZED ->
                                throw new IllegalArgumentException("schedule is " + recipe.getScheduleValue()
                                        + ", which is unknown to this trainer");
                        },
                        recipe.getWarmupEpochs(),
                        recipe.getMomentum(),
                        recipe.getWeightDecay(),
                        recipe.getCrop(),
                        recipe.getFlip()),
                wire.getWindow() == 0 ? 4 : wire.getWindow(),
                PolicyWire.fromWire(wire.getFirstPolicy()),
                Duration.ofMillis(wire.getMaskTimeoutMillis() == 0 ? 30_000 : wire.getMaskTimeoutMillis()),
                switch (wire.getOnTimeout()) {
                    case RANDOM_AT_LAST_KEEP -> OnTimeout.RANDOM;
                    case WAIT -> OnTimeout.WAIT;
                    case WHOLE, ON_TIMEOUT_UNSPECIFIED, UNRECOGNIZED -> OnTimeout.WHOLE;
                },
                wire.getEvaluateEvery(),
                wire.getCheckpointEvery(),
                wire.hasStopAtAccuracy() ? wire.getStopAtAccuracy() : null,
                wire.hasInit() ? fromWire(wire.getInit()) : null,
                wire.hasModelFile() ? fromWire(wire.getModelFile()) : null,
                wire.hasMember()
                        ? new TrainingOrder.ScoringMember(
                                wire.getMember().getScoringId(),
                                wire.getMember().getMember(),
                                wire.getMember().getStopAfterEpochs())
                        : null,
                wire.getProxyOf().isEmpty() ? null : wire.getProxyOf(),
                wire.getForeign(),
                wire.getTagsList());
    }

    private static GivenFile toWire(TrainingOrder.GivenFile file) {
        return GivenFile.newBuilder()
                .setPath(file.path())
                .setChecksum(file.checksum())
                .build();
    }

    private static TrainingOrder.GivenFile fromWire(GivenFile wire) {
        return new TrainingOrder.GivenFile(wire.getPath(), wire.getChecksum());
    }

    public static org.dietsb.trainer.wire.DatasetIdentity toWire(DatasetIdentity identity) {
        return org.dietsb.trainer.wire.DatasetIdentity.newBuilder()
                .setName(identity.name())
                .setCount(identity.count())
                .setClasses(identity.classes())
                .setChecksum(identity.checksum())
                .setSkipped(identity.skipped())
                .build();
    }

    public static DatasetIdentity fromWire(org.dietsb.trainer.wire.DatasetIdentity wire) {
        return new DatasetIdentity(
                wire.getName(), wire.getCount(), wire.getClasses(), wire.getChecksum(), wire.getSkipped());
    }
}
