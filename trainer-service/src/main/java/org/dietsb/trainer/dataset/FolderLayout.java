package org.dietsb.trainer.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Layouts of a user's dataset in its folder. Each is recognized by one file or folder. */
enum FolderLayout {
    IMAGES("an image folder", "train/CLASS/*.jpg, .png or .webp"),
    IDX("IDX files", "train-images-idx3-ubyte"),
    CIFAR10("the binary layout of CIFAR-10", "data_batch_1.bin"),
    CIFAR100("the binary layout of CIFAR-100", "train.bin"),
    SVHN("the MATLAB files of SVHN", "train_32x32.mat");

    /** Labels of IDX files are bytes. */
    private static final int MOST_CLASSES = 256;

    private final String words;
    private final String sign;

    FolderLayout(String words, String sign) {
        this.words = words;
        this.sign = sign;
    }

    String words() {
        return words;
    }

    /**
     * Recognizes the layout of a folder.
     *
     * @throws DatasetException if there is no known layout, or more than one
     */
    static FolderLayout of(Path folder) throws DatasetException {
        List<FolderLayout> found =
                Arrays.stream(values()).filter(layout -> layout.isIn(folder)).toList();
        if (found.isEmpty()) {
            throw new DatasetException(folder + " is not a dataset: looked for "
                    + Arrays.stream(values())
                            .map(layout -> layout.words + " (" + layout.sign + ")")
                            .collect(Collectors.joining(", ")));
        }
        if (found.size() > 1) {
            throw new DatasetException(folder + " holds "
                    + found.stream().map(FolderLayout::words).collect(Collectors.joining(" and "))
                    + ": put each into a folder of its own");
        }
        return found.get(0);
    }

    private boolean isIn(Path folder) {
        return switch (this) {
            case IMAGES -> ImageFolder.isIn(folder);
            case IDX -> IdxFiles.isIn(folder);
            case CIFAR10, CIFAR100, SVHN -> Files.isRegularFile(folder.resolve(sign));
        };
    }

    /**
     * Reads the folder.
     *
     * @param cache folder of decoded pictures
     */
    Dataset read(String name, Path folder, PictureRules rules, Path cache, int limit) throws DatasetException {
        return switch (this) {
            case IMAGES -> ImageFolder.read(name, folder, rules, cache, limit);
            case IDX -> {
                ImageSet train = IdxFiles.read(folder, "train", MOST_CLASSES);
                int classes = Arrays.stream(train.labels()).max().orElse(0) + 1;
                yield Dataset.of(name, numbers(classes), train, IdxFiles.read(folder, "t10k", classes), limit);
            }
            case CIFAR10 -> CifarFiles.readTen(name, numbers(10), folder, limit);
            case CIFAR100 -> CifarFiles.readHundred(name, folder, limit);
            case SVHN -> SvhnFiles.readSplits(name, numbers(10), folder, limit);
        };
    }

    private static List<String> numbers(int classes) {
        return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    }
}
