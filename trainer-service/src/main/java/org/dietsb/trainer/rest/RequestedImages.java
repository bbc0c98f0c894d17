package org.dietsb.trainer.rest;

import static java.util.Objects.requireNonNullElse;
import static org.dietsb.contracts.field.OrderField.DATASET;
import static org.dietsb.contracts.field.OrderField.DATA_DIR;
import static org.dietsb.contracts.field.OrderField.IMAGE_SIZE;
import static org.dietsb.contracts.field.OrderField.LIMIT;
import static org.dietsb.contracts.field.OrderField.ON_BAD_PICTURE;

import org.dietsb.contracts.Violations;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.train.TrainingOrder.DatasetChoice;
import org.jspecify.annotations.Nullable;

/** The fields of an order that say which images it trains on; null stands for the default. */
record RequestedImages(
        @Nullable String dataset,
        @Nullable String dataDir,
        @Nullable Integer limit,
        @Nullable Integer imageSize,
        @Nullable String onBadPicture) {
    /** Stands for a choice that is refused. */
    private static final DatasetChoice ANY = new DatasetChoice(DATASET.usual(), null, 0, 0);

    /** Returns what they choose; what is refused is noted. */
    DatasetChoice choice(Choices choices) {
        String name = choices.of(DATASET, dataset, DATASET.usual(), DatasetCatalog.names());
        return choices.wrong().or(ANY, () -> choice(name, choices));
    }

    private DatasetChoice choice(String name, Choices choices) {
        Violations wrong = choices.wrong();
        String folder = DatasetCatalog.anyFolder();
        boolean scaled = name.equals(folder) || wrong.has(DATASET.label());
        wrong.require(
                !name.equals(folder) || dataDir != null,
                DATA_DIR.label(),
                "missing",
                "a folder on the trainer's machine for dataset " + folder);
        OnBadPicture onBad = choices.of(ON_BAD_PICTURE, onBadPicture, OnBadPicture.class);
        wrong.require(
                scaled || imageSize == null,
                IMAGE_SIZE.label(),
                requireNonNullElse(imageSize, 0),
                "none: only the pictures of dataset " + folder + " are scaled");
        wrong.require(
                scaled || onBad == OnBadPicture.FAIL,
                ON_BAD_PICTURE.label(),
                onBad,
                "fail: only dataset " + folder + " reads single pictures");
        // 0 stands for no size in an order.
        int size = scaled && imageSize != null ? imageSize : 0;
        wrong.require(!scaled || imageSize == null || size != 0, IMAGE_SIZE.label(), size, IMAGE_SIZE.allowed());
        return new DatasetChoice(name, dataDir, requireNonNullElse(limit, LIMIT.usualWhole()), size, onBad);
    }
}
