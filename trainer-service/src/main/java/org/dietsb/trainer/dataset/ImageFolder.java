package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.contracts.Sha256;

/**
 * Pictures in a folder a class, as ImageNet's usually lie: {@code train/CLASS/..} and {@code val/CLASS/..}, or {@code test}
 * where there is no {@code val}. Hidden files are passed over, and those that are no {@code jpg}, {@code jpeg} or {@code png}.
 *
 * <p>Classes are numbered by their names. Examples lie in the order of a hash of their paths, so that the first so many are of all
 * classes.
 */
final class ImageFolder {
    private static final String TRAIN = "train";
    private static final int MOST_NAMED = 5;

    private ImageFolder() {}

    /** A picture and the number of its class; the path is that within the folder of the split. */
    record Example(String path, int label) {}

    static boolean isIn(Path folder) {
        return Files.isDirectory(folder.resolve(TRAIN));
    }

    /**
     * Reads both splits, each decoded once.
     *
     * @param size side of the square that the pictures are scaled to, in pixels
     * @param cache folder of what was decoded
     */
    static Dataset read(String name, Path folder, int size, Path cache, int limit) throws DatasetException {
        Path train = folder.resolve(TRAIN);
        Path test = Files.isDirectory(folder.resolve("val")) ? folder.resolve("val") : folder.resolve("test");
        if (!Files.isDirectory(test)) {
            throw new DatasetException(
                    folder + " has a folder train, but none of the name val or test: there is nothing to evaluate on");
        }
        try {
            List<String> classes = classes(train);
            mustHaveTheSame(classes, train, classes(test), test);
            return Dataset.of(
                    name,
                    classes,
                    DecodedImages.open(train, examples(train, classes), size, cache),
                    DecodedImages.open(test, examples(test, classes), size, cache),
                    limit);
        } catch (IOException unreadable) {
            throw new DatasetException("cannot read " + folder + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static List<String> classes(Path split) throws DatasetException, IOException {
        try (Stream<Path> entries = Files.list(split)) {
            List<String> classes = entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
            if (classes.isEmpty()) {
                throw new DatasetException(split + " has no folder of a class");
            }
            return classes;
        }
    }

    private static void mustHaveTheSame(List<String> ofTrain, Path train, List<String> ofTest, Path test)
            throws DatasetException {
        String missing = named(ofTrain, name -> !ofTest.contains(name));
        String more = named(ofTest, name -> !ofTrain.contains(name));
        if (!missing.isEmpty() || !more.isEmpty()) {
            List<String> wrong = new ArrayList<>();
            if (!missing.isEmpty()) {
                wrong.add(test + " lacks the classes " + missing + " of " + train);
            }
            if (!more.isEmpty()) {
                wrong.add(test + " has the classes " + more + ", which " + train + " lacks");
            }
            throw new DatasetException(String.join("; ", wrong));
        }
    }

    private static String named(List<String> names, Predicate<String> which) {
        List<String> chosen = names.stream().filter(which).toList();
        return chosen.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (chosen.size() > MOST_NAMED ? " and " + (chosen.size() - MOST_NAMED) + " more" : "");
    }

    private static List<Example> examples(Path split, List<String> classes) throws DatasetException, IOException {
        List<Example> examples = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            Path folder = split.resolve(classes.get(label));
            int before = examples.size();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        new TreeSet<>(files.filter(ImageFolder::isPicture).toList())) {
                    examples.add(new Example(split.relativize(file).toString(), label));
                }
            }
            if (examples.size() == before) {
                throw new DatasetException(folder + " has no picture: no file .jpg, .jpeg or .png");
            }
        }
        record Placed(String hash, Example example) {}
        return examples.stream()
                .map(example -> new Placed(hash(example.path), example))
                .sorted(Comparator.comparing(Placed::hash))
                .map(Placed::example)
                .toList();
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && (name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png"))
                && Files.isRegularFile(file);
    }

    private static String hash(String path) {
        return HexFormat.of().formatHex(Sha256.digest().digest(path.getBytes(StandardCharsets.UTF_8)));
    }
}
