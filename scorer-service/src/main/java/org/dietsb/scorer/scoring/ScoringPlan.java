package org.dietsb.scorer.scoring;

import static org.dietsb.contracts.Bounds.require;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.dietsb.contracts.Sha256;
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
     * Fills in the defaults and checks a request.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    static ScoringPlan of(ScoringRequest request) {
        String dataset = matching("dataset", or(request.dataset(), "fashion-mini"), NAME);
        GivenFile modelFile = modelFile(request);
        String model = matching(
                "model",
                modelFile == null
                        ? or(request.model(), "resnet8")
                        : "pt-" + modelFile.getChecksum().substring(0, 12),
                NAME);
        int epochs = within("epochs", or(request.epochs(), 10), 1, 100_000);
        int scoringEpochs = within("scoringEpochs", or(request.scoringEpochs(), Math.min(2, epochs)), 1, epochs);
        int members = within("members", or(request.members(), 2), 1, 100);
        long seed = or(request.seed(), 1L);
        boolean flips = dataset.startsWith("fashion") || dataset.startsWith("cifar") || dataset.equals("folder");
        int imageSize = request.imageSize() == null ? 0 : within("imageSize", request.imageSize(), 8, 512);
        require(imageSize == 0 || dataset.equals("folder"), "imageSize", imageSize, "none but with dataset folder");
        String onBad = oneOf("onBadPicture", or(request.onBadPicture(), "fail"), List.of("fail", "skip"));
        require(
                onBad.equals("fail") || dataset.equals("folder"),
                "onBadPicture",
                onBad,
                "fail but with dataset folder");
        String augment = oneOf(
                "augment",
                or(request.augment(), flips ? "crop,flip" : "crop"),
                List.of("crop,flip", "crop", "flip", "none"));
        double learningRate = or(request.learningRate(), .1);
        double warmupEpochs = or(request.warmupEpochs(), 0.0);
        double momentum = or(request.momentum(), .9);
        double weightDecay = or(request.weightDecay(), 5e-4);
        require(learningRate > 0 && learningRate < 1e6, "learningRate", learningRate, "(0, 1000000)");
        require(warmupEpochs >= 0 && warmupEpochs < epochs, "warmupEpochs", warmupEpochs, "[0, " + epochs + ")");
        require(momentum >= 0 && momentum < 1, "momentum", momentum, "[0, 1)");
        require(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "[0, 1)");
        TrainingOrder.Builder recipe = TrainingOrder.newBuilder()
                .setDataset(DatasetChoice.newBuilder()
                        .setName(dataset)
                        .setDataDir(dataDir(or(request.dataDir(), "")))
                        .setLimit(within("limit", or(request.limit(), 0), 0, Integer.MAX_VALUE))
                        .setImageSize(imageSize)
                        .setOnBadPicture(
                                onBad.equals("skip")
                                        ? DatasetChoice.OnBadPicture.SKIP
                                        : DatasetChoice.OnBadPicture.ON_BAD_PICTURE_UNSPECIFIED))
                .setModel(model)
                .setRecipe(Recipe.newBuilder()
                        .setEpochs(epochs)
                        .setBatchSize(within("batchSize", or(request.batchSize(), 128), 1, 65_536))
                        .setLearningRate(learningRate)
                        .setSchedule(Recipe.Schedule.valueOf(oneOf(
                                        "schedule",
                                        or(request.schedule(), "cosine"),
                                        List.of("cosine", "step", "constant"))
                                .toUpperCase(Locale.ROOT)))
                        .setWarmupEpochs(warmupEpochs)
                        .setMomentum(momentum)
                        .setWeightDecay(weightDecay)
                        .setCrop(augment.contains("crop"))
                        .setFlip(augment.contains("flip")))
                .setWindow(within("window", or(request.window(), 4), 1, 64))
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
        String id = request.id() == null
                ? String.join(
                        "-",
                        dataset,
                        model,
                        "k" + members,
                        "e" + scoringEpochs,
                        hash(recipe.build(), members, scoringEpochs, seed))
                : matching("id", request.id(), ID);
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

    private static int within(String field, int value, int least, int most) {
        require(value >= least && value <= most, field, value, "[" + least + ", " + most + "]");
        return value;
    }

    private static String matching(String field, String value, Pattern allowed) {
        require(allowed.matcher(value).matches(), field, value, allowed.pattern());
        return value;
    }

    private static String oneOf(String field, String value, List<String> allowed) {
        require(allowed.contains(value), field, value, String.join(" | ", allowed));
        return value;
    }
}
