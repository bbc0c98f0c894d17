package org.dietsb.trainer.dataset;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dietsb.contracts.field.FolderLayout;

/** A user's dataset in its folder. */
record OwnFolder(Path folder, FolderLayout layout) {
    /** Labels of IDX files are bytes. */
    private static final int MOST_CLASSES = 256;

    /**
     * Recognizes the layout of a folder.
     *
     * @throws DatasetException if there is no known layout, or more than one
     */
    static OwnFolder of(Path folder) throws DatasetException {
        List<FolderLayout> found = FolderLayout.of(folder);
        if (found.isEmpty()) {
            throw new DatasetException(folder + " is not a dataset: looked for " + FolderLayout.all());
        }
        if (found.size() > 1) {
            throw new DatasetException(folder + " holds "
                    + found.stream().map(FolderLayout::toString).collect(Collectors.joining(" and "))
                    + ": put each into a folder of its own");
        }
        return new OwnFolder(folder, found.get(0));
    }

    /**
     * Reads the folder.
     *
     * @param cache folder of decoded pictures
     */
    Dataset read(String name, PictureRules rules, Path cache, int limit) throws DatasetException {
        return switch (layout) {
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
