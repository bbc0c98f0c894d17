package org.dietsb.launcher.option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.field.FolderLayout;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;

/** A dataset that the trainer reads. */
public enum Dataset {
    FASHION_MINI("", ""),
    FASHION_MNIST("fashion-mnist", "train-images"),
    MNIST("mnist", "train-images"),
    MNIST_IDX("mnist-idx", "train-images"),
    CIFAR10("cifar-10-batches-bin", "data_batch_1.bin"),
    CIFAR100("cifar-100-binary", "train.bin"),
    SVHN("svhn", "train_32x32.mat"),
    FOLDER("", "");

    private static final String EXISTING = "an existing folder";

    private final String subfolder;
    private final String file;

    /**
     * Creates a dataset.
     *
     * @param subfolder folder that its archive unpacks to
     * @param file prefix of its first file
     */
    Dataset(String subfolder, String file) {
        this.subfolder = subfolder;
        this.file = file;
    }

    /** Whether the folder, or the subfolder that the archive unpacks to, holds the first file. */
    boolean isIn(Path folder) {
        return Stream.of(folder, folder.resolve(subfolder)).anyMatch(place -> {
            String[] files = place.toFile().list((in, name) -> name.startsWith(file));
            return files != null && files.length > 0;
        });
    }

    /** Rejects a --data-dir, or an option for image folders, that does not fit the dataset. */
    void check(
            @Nullable Path dataDir, @Nullable Integer imageSize, TrainingOptions.@Nullable OnBadPicture onBadPicture) {
        if (this != FOLDER) {
            rejectImageOptions(imageSize, onBadPicture, "only --dataset folder reads single images");
        }
        WrongUsage.unless(
                dataDir != null || this != FOLDER, "--data-dir is missing: --dataset folder reads its images from it");
        if (dataDir == null) {
            WrongUsage.unless(
                    this != MNIST_IDX || isInUsualPlace(),
                    "--data-dir is missing: mnist-idx is a folder with your files train-images.., train-labels..,"
                            + " t10k-images.. and t10k-labels..");
            return;
        }
        WrongUsage.unless(
                this != FASHION_MINI, "--data-dir does not apply to fashion-mini, which the trainer contains");
        WrongUsage.unless(Files.isDirectory(dataDir), "--data-dir", dataDir, EXISTING);
        if (this == FOLDER) {
            FolderLayout layout = onlyLayout(dataDir);
            if (layout != FolderLayout.IMAGES) {
                rejectImageOptions(imageSize, onBadPicture, dataDir + " holds " + layout);
            }
            System.out.println("Dataset: " + dataDir + ", " + layout);
        } else {
            WrongUsage.unless(
                    isIn(dataDir), "--data-dir", dataDir, "a folder with the files of " + this + ", such as " + file);
        }
    }

    /** Rejects a --data-dir that no trainer on another machine can find; that trainer rejects the rest. */
    void checkElsewhere(@Nullable Path dataDir) {
        WrongUsage.unless(
                dataDir != null || this != FOLDER && this != MNIST_IDX,
                "--data-dir is missing: " + this + " is read from a folder of the trainer's pod");
        WrongUsage.unless(
                dataDir == null || this != FASHION_MINI,
                "--data-dir does not apply to fashion-mini, which the trainer contains");
        WrongUsage.unless(
                dataDir == null || dataDir.isAbsolute(),
                "--data-dir",
                String.valueOf(dataDir),
                "an absolute path in the trainer's pod");
    }

    /** Whether it lies where the trainer looks for it. */
    public boolean isInUsualPlace() {
        return !subfolder.isEmpty()
                && Stream.of(Home.ofUser().folder().resolve("datasets"), Path.of("/usr/share/datasets"))
                        .map(place -> place.resolve(subfolder))
                        .anyMatch(this::isIn);
    }

    private static void rejectImageOptions(
            @Nullable Integer imageSize, TrainingOptions.@Nullable OnBadPicture onBadPicture, String why) {
        WrongUsage.unless(imageSize == null, "--image-size", String.valueOf(imageSize), "none: " + why);
        WrongUsage.unless(onBadPicture == null, "--on-bad-picture", String.valueOf(onBadPicture), "none: " + why);
    }

    private static FolderLayout onlyLayout(Path folder) {
        List<FolderLayout> layouts = FolderLayout.of(folder);
        WrongUsage.unless(!layouts.isEmpty(), "--data-dir", folder, "a folder with one of " + FolderLayout.all());
        WrongUsage.unless(
                layouts.size() == 1,
                "--data-dir",
                folder + ", which holds "
                        + layouts.stream().map(FolderLayout::toString).collect(Collectors.joining(" and ")),
                "a folder of one dataset");
        return layouts.get(0);
    }

    @Override
    public String toString() {
        return Label.of(this);
    }
}
