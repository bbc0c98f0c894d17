package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Lists the files of a split of an image folder, class by class. Links to folders and files are followed; a folder that a class
 * reaches in two ways is read once. Files and folders whose names begin with a dot are ignored at any depth.
 */
final class PictureWalk {
    private final Path split;
    private final Predicate<Path> mayRead;
    private final List<String> classes = new ArrayList<>();
    private final PictureIndex.Builder files;
    /** Folders that have been read, by their real paths, with the label of their class. */
    private final Map<Path, Integer> read = new HashMap<>();

    private final Set<Path> above = new HashSet<>();

    /** Lists a split. */
    PictureWalk(Path split, Predicate<Path> mayRead) throws DatasetException {
        this.split = split;
        this.mayRead = mayRead;
        this.files = new PictureIndex.Builder(split);
        above.add(real(split));
        List<Path> folders = list(split, PictureIndex.NO_CLASS);
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

    int count() {
        return files.count();
    }

    PictureIndex index() {
        return files.inOrder();
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
        for (Path inside : list(folder, label)) {
            walk(inside, label);
        }
        above.remove(real);
    }

    /** Adds the files of a folder, and returns the folders in it. */
    private List<Path> list(Path folder, int label) throws DatasetException {
        List<Path> folders = new ArrayList<>();
        int number = files.addFolder(split.relativize(folder).toString(), label);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, entry -> !isHidden(entry))) {
            for (Path entry : all) {
                if (isFolder(entry)) {
                    folders.add(entry);
                } else {
                    files.add(number, entry.getFileName().toString());
                }
            }
            // Fails where names may be listed, but nothing may be opened.
            Object unusedTime = Files.getLastModifiedTime(folder.resolve("."));
            return folders;
        } catch (DirectoryIteratorException unreadable) {
            throw Reasons.unreadable(folder, Objects.requireNonNull(unreadable.getCause()));
        } catch (IOException unreadable) {
            throw Reasons.unreadable(folder, unreadable);
        }
    }

    /** Whether it is a folder, or a link to one; a link to a file must lead to a folder that may be read. */
    private boolean isFolder(Path entry) throws IOException, DatasetException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException deleted) {
            return false;
        }
        if (!attributes.isSymbolicLink() || !Files.exists(entry)) {
            return attributes.isDirectory();
        }
        if (Files.isDirectory(entry)) {
            return true;
        }
        Path unused = real(entry);
        return false;
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

    private static boolean isHidden(Path entry) {
        return entry.getFileName().toString().startsWith(".");
    }
}
