package org.dietsb.scorer.scoring;

import static org.dietsb.contracts.Bounds.require;
import static org.dietsb.contracts.field.OrderField.AUGMENT;
import static org.dietsb.contracts.field.OrderField.BATCH_SIZE;
import static org.dietsb.contracts.field.OrderField.DATASET;
import static org.dietsb.contracts.field.OrderField.EPOCHS;
import static org.dietsb.contracts.field.OrderField.IMAGE_SIZE;
import static org.dietsb.contracts.field.OrderField.LEARNING_RATE;
import static org.dietsb.contracts.field.OrderField.LIMIT;
import static org.dietsb.contracts.field.OrderField.MODEL;
import static org.dietsb.contracts.field.OrderField.MOMENTUM;
import static org.dietsb.contracts.field.OrderField.ON_BAD_PICTURE;
import static org.dietsb.contracts.field.OrderField.SCHEDULE;
import static org.dietsb.contracts.field.OrderField.SEED;
import static org.dietsb.contracts.field.OrderField.WARMUP_EPOCHS;
import static org.dietsb.contracts.field.OrderField.WEIGHT_DECAY;
import static org.dietsb.contracts.field.OrderField.WINDOW;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.Violations;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.field.ScoringField;
import org.dietsb.scorer.el2n.MemberSeeds;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.GivenFile;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.ScoringMember;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * A valid request for scores, with every default filled in.
 *
 * @param id of the scoring and of its score set; equal requests without an id get equal ids
 * @param recipe order of every member, without its run id, seed and number
 */
record ScoringPlan(String id, int members, int scoringEpochs, long seed, TrainingOrder recipe) {
    /** 17 characters less than a run id, which leaves room for "-member-99" and "-try999". */
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,62}");

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,19}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MASK_TIMEOUT_MILLIS = 30_000;

    /**
     * Reads a body, fills in the defaults and checks it.
     *
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    static ScoringPlan parse(@Nullable String body) {
        Violations wrong = new Violations();
        return of(ScoringRequest.parse(body, wrong), wrong);
    }

    /**
     * Fills in the defaults and checks a request.
     *
     * @param wrong what is known to be wrong with the request
     * @throws org.dietsb.contracts.RefusedException naming each wrong field, its value and what is allowed
     */
    private static ScoringPlan of(ScoringRequest request, Violations wrong) {
        String dataset =
                wrong.or(DATASET.usual(), () -> matching("dataset", or(request.dataset(), DATASET.usual()), NAME));
        GivenFile modelFile = wrong.orNull(() -> modelFile(request));
        String model = modelFile == null
                ? wrong.or(MODEL.usual(), () -> matching("model", or(request.model(), MODEL.usual()), NAME))
                : "pt-" + modelFile.getChecksum().substring(0, 12);
        int epochs = whole(EPOCHS, request.epochs(), wrong);
        Integer asked = request.scoringEpochs();
        int scoringEpochs = asked == null ? Math.min(ScoringField.SCORING_EPOCHS.usualWhole(), epochs) : asked;
        wrong.require(
                (asked == null || scoringEpochs >= 1) && (scoringEpochs <= epochs || wrong.has("epochs")),
                "scoringEpochs",
                scoringEpochs,
                "[1, " + epochs + "]");
        int members = or(request.members(), ScoringField.MEMBERS.usualWhole());
        wrong.check(ScoringField.MEMBERS, members);
        long seed = or(request.seed(), Long.parseLong(SEED.usual()));
        boolean folder = dataset.equals("folder") || wrong.has("dataset");
        int imageSize = or(request.imageSize(), 0);
        if (request.imageSize() != null) {
            wrong.check(IMAGE_SIZE, imageSize);
        }
        wrong.require(
                folder || imageSize == 0 || wrong.has("imageSize"),
                "imageSize",
                imageSize,
                "none but with dataset folder");
        String onBad = choice(ON_BAD_PICTURE, or(request.onBadPicture(), ON_BAD_PICTURE.usual()), wrong);
        wrong.require(folder || onBad.equals("fail"), "onBadPicture", onBad, "fail but with dataset folder");
        String augment = choice(AUGMENT, or(request.augment(), OrderField.usualAugment(dataset)), wrong);
        double learningRate = number(LEARNING_RATE, request.learningRate(), wrong);
        double warmupEpochs = or(request.warmupEpochs(), WARMUP_EPOCHS.usualNumber());
        wrong.require(
                warmupEpochs >= 0 && (warmupEpochs < epochs || wrong.has("epochs")),
                "warmupEpochs",
                warmupEpochs,
                "[0, " + epochs + ")");
        double momentum = number(MOMENTUM, request.momentum(), wrong);
        double weightDecay = number(WEIGHT_DECAY, request.weightDecay(), wrong);
        int batchSize = whole(BATCH_SIZE, request.batchSize(), wrong);
        int limit = whole(LIMIT, request.limit(), wrong);
        int window = whole(WINDOW, request.window(), wrong);
        String schedule = choice(SCHEDULE, or(request.schedule(), SCHEDULE.usual()), wrong);
        String dataDir = wrong.or("", () -> dataDir(or(request.dataDir(), "")));
        String named = request.id();
        String given = named == null ? null : wrong.orNull(() -> matching("id", named, ID));
        wrong.orThrow();
        TrainingOrder.Builder recipe = TrainingOrder.newBuilder()
                .setDataset(DatasetChoice.newBuilder()
                        .setName(dataset)
                        .setDataDir(dataDir)
                        .setLimit(limit)
                        .setImageSize(imageSize)
                        .setOnBadPicture(
                                onBad.equals("skip")
                                        ? DatasetChoice.OnBadPicture.SKIP
                                        : DatasetChoice.OnBadPicture.ON_BAD_PICTURE_UNSPECIFIED))
                .setModel(model)
                .setRecipe(Recipe.newBuilder()
                        .setEpochs(epochs)
                        .setBatchSize(batchSize)
                        .setLearningRate(learningRate)
                        .setSchedule(Recipe.Schedule.valueOf(schedule.toUpperCase(Locale.ROOT)))
                        .setWarmupEpochs(warmupEpochs)
                        .setMomentum(momentum)
                        .setWeightDecay(weightDecay)
                        .setCrop(augment.contains("crop"))
                        .setFlip(augment.contains("flip")))
                .setWindow(window)
                .setFirstPolicy(Policy.newBuilder()
                        .setKind(Policy.Kind.BASELINE)
                        .setKeep(1)
                        .setRule(Policy.Rule.RANK)
                        .setHistorySize(1024)
                        .setBatching(Policy.Batching.SHRINK)
                        .setEnd(1)
                        .setOrder(Policy.DietOrder.LOWEST))
                .setMaskTimeoutMillis(MASK_TIMEOUT_MILLIS)
                .setOnTimeout(TrainingOrder.OnTimeout.WHOLE);
        if (modelFile != null) {
            recipe.setModelFile(modelFile);
        }
        String id = given == null
                ? String.join(
                        "-",
                        dataset,
                        model,
                        "k" + members,
                        "e" + scoringEpochs,
                        hash(recipe.build(), members, scoringEpochs, seed))
                : given;
        return new ScoringPlan(id, members, scoringEpochs, seed, recipe.build());
    }

    /** Returns the file of a user's own network. The trainers check whether they may read it, and its checksum. */
    private static @Nullable GivenFile modelFile(ScoringRequest request) {
        String path = request.modelFile();
        String checksum = or(request.modelChecksum(), "");
        if (path == null) {
            require(checksum.isEmpty(), "modelChecksum", checksum, "none without modelFile");
            return null;
        }
        require(request.model() == null, "model", or(request.model(), ""), "none with modelFile");
        return GivenFile.newBuilder()
                .setPath(absolute("modelFile", path))
                .setChecksum(matching("modelChecksum", checksum, SHA_256))
                .build();
    }

    /** Returns 8 hexadecimal digits. Numbers are formatted as in JSON, independent of the wire format. */
    private static String hash(TrainingOrder order, int members, int scoringEpochs, long seed) {
        Recipe recipe = order.getRecipe();
        String all = String.join(
                "\n",
                order.getDataset().getName(),
                order.getDataset().getDataDir(),
                "" + order.getDataset().getLimit(),
                order.getModel(),
                "" + members,
                "" + scoringEpochs,
                "" + recipe.getEpochs(),
                "" + recipe.getBatchSize(),
                "" + recipe.getLearningRate(),
                recipe.getSchedule().name(),
                "" + recipe.getWarmupEpochs(),
                "" + recipe.getMomentum(),
                "" + recipe.getWeightDecay(),
                "" + recipe.getCrop(),
                "" + recipe.getFlip(),
                "" + order.getWindow(),
                "" + seed);
        if (order.getDataset().getImageSize() != 0) {
            all += "\nimageSize " + order.getDataset().getImageSize();
        }
        if (order.getDataset().getOnBadPicture() == DatasetChoice.OnBadPicture.SKIP) {
            all += "\nonBadPicture skip";
        }
        if (order.hasModelFile()) {
            all += "\nmodelFile " + order.getModelFile().getPath() + "\n"
                    + order.getModelFile().getChecksum();
        }
        return Sha256.hex(all).substring(0, 8);
    }

    /**
     * Returns the message that is written to el2n-scores before the first member is ordered.
     *
     * @param attempt from 1; from 2 on it is part of the members' run ids, because a run that has ended never runs again
     */
    ScoringRequested requested(int attempt, long epochMillis) {
        ScoringRequested.Builder asked = ScoringRequested.newBuilder()
                .setMembers(members)
                .setScoringEpochs(scoringEpochs)
                .setRecipe(recipe)
                .setEpochMillis(epochMillis);
        for (int member = 0; member < members; member++) {
            asked.addMemberRunIds(id + "-member-" + member + (attempt == 1 ? "" : "-try" + attempt));
            asked.addMemberSeeds(MemberSeeds.seed(seed, member));
        }
        return asked.build();
    }

    /** Returns whether a request asks for the same scores. */
    boolean isSameAs(ScoringRequested asked) {
        ScoringRequested mine = requested(1, asked.getEpochMillis());
        return mine.getRecipe().equals(asked.getRecipe())
                && mine.getMembers() == asked.getMembers()
                && mine.getScoringEpochs() == asked.getScoringEpochs()
                && mine.getMemberSeedsList().equals(asked.getMemberSeedsList());
    }

    /** Returns the order of a member. */
    static TrainingOrder order(String id, ScoringRequested asked, int member) {
        return asked.getRecipe().toBuilder()
                .setRunId(asked.getMemberRunIds(member))
                .setSeed(asked.getMemberSeeds(member))
                .setMember(ScoringMember.newBuilder()
                        .setScoringId(id)
                        .setMember(member)
                        .setStopAfterEpochs(asked.getScoringEpochs()))
                .build();
    }

    /** The trainers check whether they may read it. */
    private static String dataDir(String folder) {
        return folder.isEmpty() ? folder : absolute("dataDir", folder);
    }

    private static String absolute(String field, String folder) {
        boolean climbs = List.of(folder.split("/")).contains("..");
        require(
                folder.startsWith("/") && !climbs && folder.length() <= 4_096,
                field,
                folder.substring(0, Math.min(100, folder.length())),
                "an absolute path without .., of at most 4096 characters");
        return folder;
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static int whole(OrderField field, @Nullable Integer given, Violations wrong) {
        int value = or(given, field.usualWhole());
        wrong.check(field, value);
        return value;
    }

    private static double number(OrderField field, @Nullable Double given, Violations wrong) {
        double value = or(given, field.usualNumber());
        wrong.check(field, value);
        return value;
    }

    private static String matching(String field, String value, Pattern allowed) {
        require(allowed.matcher(value).matches(), field, value, allowed.pattern());
        return value;
    }

    private static String choice(OrderField field, String value, Violations wrong) {
        wrong.require(field.choices().contains(value), field.label(), value, String.join(" | ", field.choices()));
        return value;
    }
}
