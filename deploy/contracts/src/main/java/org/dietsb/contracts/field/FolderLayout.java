package org.dietsb.contracts.field;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A layout of the folder that field {@link OrderField#DATA_DIR} names for dataset folder, recognized by a file or folder in it. */
public enum FolderLayout {
    IMAGES("an image folder", "train/CLASS/*.jpg, .png or .webp"),
    IDX("IDX files", "train-images-idx3-ubyte"),
    CIFAR10("the binary layout of CIFAR-10", "data_batch_1.bin"),
    CIFAR100("the binary layout of CIFAR-100", "train.bin"),
    SVHN("the MATLAB files of SVHN", "train_32x32.mat");

    private final String words;
    private final String sign;

    FolderLayout(String words, String sign) {
        this.words = words;
        this.sign = sign;
    }

    /** Returns the layouts of a folder: one if the folder is valid. */
    public static List<FolderLayout> of(Path folder) {
        return Arrays.stream(values()).filter(layout -> layout.isIn(folder)).toList();
    }

    private boolean isIn(Path folder) {
        return switch (this) {
            case IMAGES -> Files.isDirectory(folder.resolve("train"));
            case IDX ->
                Stream.of(sign, sign + ".gz", sign.replace("-idx", ".idx"))
                        .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
            case CIFAR10, CIFAR100, SVHN -> Files.isRegularFile(folder.resolve(sign));
        };
    }

    /** Lists all layouts with their characteristic files. */
    public static String all() {
        return Arrays.stream(values())
                .map(layout -> layout.words + " (" + layout.sign + ")")
                .collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return words;
    }
}
