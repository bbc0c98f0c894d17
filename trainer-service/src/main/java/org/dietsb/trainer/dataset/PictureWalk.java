package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.dietsb.contracts.Sha256;

/**
 * Lists the files of a split of an image folder, class by class. Links to folders and files are followed; a folder that a class
 * reaches in two ways is read once. Files and folders whose names begin with a dot are ignored at any depth.
 */
final class PictureWalk {
    /** The label of a file that is in no folder of a class. */
    static final int NO_CLASS = -1;

    private final Path split;
    private final Predicate<Path> mayRead;
    private final List<String> classes = new ArrayList<>();
    private final List<Example> examples = new ArrayList<>();
    /** Folders that have been read, by their real paths, with the label of their class. */
    private final Map<Path, Integer> read = new HashMap<>();

    private final Set<Path> above = new HashSet<>();

    /** A file, by its path within the folder of the split, and the number of its class or {@link #NO_CLASS}. */
    record Example(String path, int label) {}

    /** Lists a split. */
    PictureWalk(Path split, Predicate<Path> mayRead) throws DatasetException {
        this.split = split;
        this.mayRead = mayRead;
        List<Path> folders = new ArrayList<>();
        above.add(real(split));
        for (Path entry : entries(split)) {
            if (Files.isDirectory(entry)) {
                folders.add(entry);
            } else {
                add(entry, NO_CLASS);
            }
        }
        if (folders.isEmpty()) {
            throw new DatasetException(split + " has no folder of a class");
        }
        folders.sort(Comparator.comparing(folder -> folder.getFileName().toString()));
        for (Path folder : folders) {
            classes.add(folder.getFileName().toString());
            walk(folder, classes.size() - 1);
        }
    }

    /** Returns the names of the classes, in order. */
    List<String> classes() {
        return classes;
    }

    /** Returns the files in the order of a hash of their paths, so that the first ones are of all classes. */
    List<Example> examples() {
        record Placed(String hash, Example example) {}
        return examples.stream()
                .map(example -> new Placed(hash(example.path), example))
                .sorted(Comparator.comparing(Placed::hash))
                .map(Placed::example)
                .toList();
    }

    private static String hash(String path) {
        return Sha256.hex(path.getBytes(StandardCharsets.UTF_8));
    }

    private void walk(Path folder, int label) throws DatasetException {
        Path real = real(folder);
        if (above.contains(real)) {
            throw new DatasetException(folder + " is a link to " + real + ", a folder that contains it");
        }
        Integer before = read.putIfAbsent(real, label);
        if (before != null && before != label) {
            throw new DatasetException(
                    folder + " is a link to " + real + ", which class " + classes.get(before) + " contains too");
        }
        if (before != null) {
            return;
        }
        above.add(real);
        for (Path entry : entries(folder)) {
            if (Files.isDirectory(entry)) {
                walk(entry, label);
            } else {
                add(entry, label);
            }
        }
        above.remove(real);
    }

    private void add(Path file, int label) throws DatasetException {
        if (Files.isSymbolicLink(file) && Files.exists(file)) {
            real(file);
        }
        examples.add(new Example(split.relativize(file).toString(), label));
    }

    /** Returns the real path of a folder or file that links may lead to. */
    private Path real(Path file) throws DatasetException {
        try {
            Path real = file.toRealPath();
            if (!mayRead.test(real)) {
                throw new DatasetException(
                        file + " is a link to " + real + ", which is outside the folders that this trainer may read");
            }
            return real;
        } catch (IOException unreadable) {
            throw Reasons.unreadable(file, unreadable);
        }
    }

    private static List<Path> entries(Path folder) throws DatasetException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, entry -> !isHidden(entry))) {
            all.forEach(entries::add);
            // Fails where names may be listed, but nothing may be opened.
            Object unusedTime = Files.getLastModifiedTime(folder.resolve("."));
            return entries;
        } catch (DirectoryIteratorException unreadable) {
            throw Reasons.unreadable(folder, Objects.requireNonNull(unreadable.getCause()));
        } catch (IOException unreadable) {
            throw Reasons.unreadable(folder, unreadable);
        }
    }

    private static boolean isHidden(Path entry) {
        return entry.getFileName().toString().startsWith(".");
    }
}
