package org.dietsb.contracts.field;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of an order of a run, besides its policy. A scoring has those that {@link #isOfScorings} says. */
public enum OrderField implements Field {
    ID("Name", Type.TEXT, "", "names the run in lists and files"),
    DATASET("Dataset", Type.TEXT, "fashion-mini", "images to train on; fashion-mini is small and needs no download"),
    DATA_DIR("Folder of the dataset", Type.TEXT, "", "on the trainer's machine"),
    LIMIT(
            "First images only",
            Type.WHOLE,
            "0",
            "examples",
            Range.of("[0, 2147483647]", "0 (all) or more"),
            "trains on the first N images of the training set, for a quick try"),
    IMAGE_SIZE(
            "Image size",
            Type.WHOLE,
            "",
            "pixels",
            Range.of("[8, 512]"),
            "side length to which the images of dataset folder are scaled"),
    ON_BAD_PICTURE(
            "Damaged images",
            "fail",
            List.of("fail", "skip"),
            "what to do about files of dataset folder that are no readable images; skipped ones are counted"),
    MODEL("Network", Type.TEXT, "resnet8", "resnet8 is the fastest; the larger ones are more accurate"),
    MODEL_FILE(
            "Own network",
            Type.TEXT,
            "",
            "TorchScript file on the trainer's machine, in place of a network of the catalogue"),
    MODEL_CHECKSUM("Checksum of the own network", Type.TEXT, "", "SHA-256 that the file must have"),
    INIT("Initial weights", Type.TEXT, "", "safetensors file on the trainer's machine, written for the same network"),
    INIT_CHECKSUM("Checksum of the initial weights", Type.TEXT, "", "SHA-256 that the file must have"),
    EPOCHS(
            "Epochs",
            Type.WHOLE,
            "10",
            "epochs",
            Range.of("[1, 100000]"),
            "length of the schedule: passes over what the diet leaves; more are more accurate"),
    BUDGET(
            "End of the run",
            Type.TEXT,
            "epochs",
            "epochs, steps=N, or passes=N over the training set, where a selection pass counts a third; for comparisons at"
                    + " equal cost"),
    BATCH_SIZE(
            "Batch size",
            Type.WHOLE,
            "128",
            "examples",
            Range.of("[1, 65536]"),
            "examples of a batch, of which the policy selects some"),
    WINDOW(
            "Batches in flight",
            Type.WHOLE,
            "4",
            "batches",
            Range.of("[1, 64]"),
            "batches whose selection pass may run while masks are on their way; 1 = exact Selective-Backprop, and slower"),
    LEARNING_RATE(
            "Learning rate",
            Type.NUMBER,
            "0.1",
            "",
            Range.of("(0, 1000000)"),
            "peak value; lower it if a run diverges"),
    SCHEDULE(
            "Learning rate schedule",
            "cosine",
            List.of("cosine", "step", "constant"),
            "how the learning rate falls during the run"),
    WARMUP_EPOCHS(
            "Warm-up",
            Type.NUMBER,
            "0",
            "epochs",
            Range.of("[0, 100000)", "[0, epochs)"),
            "time over which the learning rate rises from 0; helps large batches"),
    MOMENTUM("Momentum", Type.NUMBER, "0.9", "", Range.of("[0, 1)"), "Nesterov momentum"),
    WEIGHT_DECAY("Weight decay", Type.NUMBER, "0.0005", "", Range.of("[0, 1)"), "L2 penalty; against overfitting"),
    AUGMENT(
            "Augmentation",
            "",
            List.of("crop,flip", "crop", "flip", "none"),
            "random changes of the images: shifted by up to 4 pixels, mirrored"),
    EVALUATE_EVERY(
            "Evaluate every",
            Type.WHOLE,
            "1",
            "epochs",
            Range.of("[0, 2147483647]", "0 (never) or more"),
            "epochs between evaluations on the test set, plus one at the end"),
    STOP_AT_ACCURACY(
            "Stop at accuracy",
            Type.SHARE,
            "",
            "of the test set",
            Range.of("(0, 1]"),
            "ends the run at the first evaluation that reaches this share"),
    CHECKPOINT_EVERY(
            "Checkpoint every",
            Type.WHOLE,
            "0",
            "batches",
            Range.of("[0, 2147483647]", "0 (at an epoch's end alone) or more"),
            "batches between checkpoints, from which a run is resumed"),
    SEED("Seed", Type.WHOLE, "1", "", null, "root of all randomness: equal seeds give equal runs"),
    MASK_TIMEOUT_SECONDS(
            "Wait for a mask", Type.NUMBER, "30", "seconds", Range.of("[0.001, 86400]"), "after that it is late"),
    ON_TIMEOUT(
            "Late masks",
            "whole",
            List.of("whole", "random", "wait"),
            "how to train a batch whose mask is late: as a whole, a random share of it, or wait on"),
    TAGS(
            "Tags",
            Type.TEXT,
            "",
            "words by which the run is found, with commas between them: at most 8 of at most 40 of a to z, 0 to 9, . _ and -"),
    WAIT_FOR_SCORES(
            "Wait for the scores",
            Type.FLAG,
            "false",
            "queues the run when the scoring of the policy's scoreSet has ended; ask the scorer for that scoring first");

    @SuppressWarnings("ImmutableEnumChecker") // A record of what does not change.
    private final Facts facts;

    OrderField(String title, Type type, String usual, String meaning) {
        this(title, type, usual, "", null, List.of(), meaning);
    }

    OrderField(String title, Type type, String usual, String unit, @Nullable Range range, String meaning) {
        this(title, type, usual, unit, range, List.of(), meaning);
    }

    OrderField(String title, String usual, List<String> choices, String meaning) {
        this(title, Type.CHOICE, usual, "", null, choices, meaning);
    }

    OrderField(
            String title,
            Type type,
            String usual,
            String unit,
            @Nullable Range range,
            List<String> choices,
            String meaning) {
        facts = new Facts(title, type, usual, unit, range, choices, meaning);
    }

    /** Returns whether an order of a scoring has this field too; its name, seed and files mean the same there. */
    public boolean isOfScorings() {
        return switch (this) {
            case ID,
                    DATASET,
                    DATA_DIR,
                    LIMIT,
                    IMAGE_SIZE,
                    ON_BAD_PICTURE,
                    MODEL,
                    MODEL_FILE,
                    MODEL_CHECKSUM,
                    EPOCHS,
                    BATCH_SIZE,
                    WINDOW,
                    LEARNING_RATE,
                    SCHEDULE,
                    WARMUP_EPOCHS,
                    MOMENTUM,
                    WEIGHT_DECAY,
                    AUGMENT,
                    SEED -> true;
            case INIT,
                    INIT_CHECKSUM,
                    BUDGET,
                    EVALUATE_EVERY,
                    STOP_AT_ACCURACY,
                    CHECKPOINT_EVERY,
                    MASK_TIMEOUT_SECONDS,
                    ON_TIMEOUT,
                    TAGS,
                    WAIT_FOR_SCORES -> false;
        };
    }

    /** Returns the augmentation of an order that does not say: digits are not mirrored. */
    public static String usualAugment(String dataset) {
        return List.of("mnist", "mnist-idx", "svhn").contains(dataset) ? "crop" : "crop,flip";
    }

    /** Returns the field with this JSON name. */
    public static Optional<OrderField> named(String label) {
        return List.of(values()).stream()
                .filter(field -> field.label().equals(label))
                .findFirst();
    }

    @Override
    public String label() {
        return Field.camelCase(this);
    }

    @Override
    public String unset() {
        return switch (this) {
            case ID -> "a name is made up";
            case DATA_DIR -> "the usual places, then a download";
            case IMAGE_SIZE -> "32";
            case MODEL_FILE -> "none";
            case MODEL_CHECKSUM, INIT_CHECKSUM -> "any";
            case INIT -> "new weights";
            case AUGMENT -> "crop,flip, for digits crop";
            case STOP_AT_ACCURACY -> "never";
            default -> "";
        };
    }

    @Override
    public Facts facts() {
        return facts;
    }
}
