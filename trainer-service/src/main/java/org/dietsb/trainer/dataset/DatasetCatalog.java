package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.field.FolderLayout;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The datasets that this trainer knows by name. A dataset is searched for in the folder that is named, in this trainer's home and in
 * the folder of the system, and otherwise downloaded from its official address.
 */
public final class DatasetCatalog {
    private static final List<String> CLOTHES = List.of(
            "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot");
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final List<String> THINGS =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
    private static final String SVHN_TRAIN = "train_32x32.mat";
    private static final Logger LOG = Logger.getLogger(DatasetCatalog.class);

    private static final Path SYSTEM = Path.of("/usr/share/datasets");

    private final Path home;
    private final Path decoded;

    /** Keeps each dataset in a subfolder of {@code datasets} in the home folder, and decoded pictures in {@code datasets/.decoded}. */
    public DatasetCatalog(Path home) {
        this.home = home.resolve("datasets");
        this.decoded = this.home.resolve(".decoded");
    }

    enum Entry {
        FASHION_MINI("fashion-mini", 10_000, 2_000, 10, "MIT (Zalando SE)"),
        FASHION_MNIST("fashion-mnist", 60_000, 10_000, 10, "MIT (Zalando SE)"),
        MNIST("mnist", 60_000, 10_000, 10, "CC BY-SA 3.0 (LeCun, Cortes)"),
        MNIST_IDX("mnist-idx", 0, 0, 10, "that of the folder's files"),
        CIFAR10("cifar10", 50_000, 10_000, 10, "none stated (Krizhevsky)"),
        CIFAR100("cifar100", 50_000, 10_000, 100, "none stated (Krizhevsky)"),
        SVHN("svhn", 73_257, 26_032, 10, "non-commercial use (Netzer et al.)"),
        FOLDER("folder", 0, 0, 0, "that of the folder's files");

        private final String label;
        private final int examples;
        private final int testExamples;
        private final int classes;
        private final String licence;

        Entry(String label, int examples, int testExamples, int classes, String licence) {
            this.label = label;
            this.examples = examples;
            this.testExamples = testExamples;
            this.classes = classes;
            this.licence = licence;
        }
    }

    /** Returns the name that stands for any folder. */
    public static String anyFolder() {
        return Entry.FOLDER.label;
    }

    public static List<String> names() {
        return Arrays.stream(Entry.values()).map(entry -> entry.label).toList();
    }

    public List<DatasetCard> list() {
        List<DatasetCard> cards = new ArrayList<>();
        for (Entry entry : Entry.values()) {
            Path folder = entry == Entry.FOLDER ? null : folderOf(entry, null);
            boolean shipped = entry == Entry.FASHION_MINI;
            cards.add(new DatasetCard(
                    entry.label,
                    shipped || folder != null,
                    shipped
                            ? "ships with the trainer"
                            : folder == null ? elsewhere(entry) : "is on this trainer's machine",
                    entry.examples,
                    entry.testExamples,
                    entry.classes,
                    entry.licence));
        }
        return cards;
    }

    /** Opens a dataset at the size of its images. */
    public Dataset open(String name, @Nullable Path dataDir, int limit) throws DatasetException {
        return open(name, dataDir, limit, PictureRules.USUAL);
    }

    /**
     * Opens a dataset.
     *
     * @param dataDir the only folder to search; null = the usual places
     * @param limit number of training examples to use, from the first; 0 = all
     * @param rules how it is read if it is an image folder
     */
    public Dataset open(String name, @Nullable Path dataDir, int limit, PictureRules rules) throws DatasetException {
        Entry entry = Arrays.stream(Entry.values())
                .filter(known -> known.label.equals(name))
                .findFirst()
                .orElseThrow(() -> new DatasetException(
                        "dataset is " + name + ", allowed is one of " + String.join(", ", names())));
        if (limit < 0) {
            throw new DatasetException("limit is " + limit + ", allowed is 0 (all) or more");
        }
        if (entry == Entry.FASHION_MINI) {
            return Dataset.of(name, CLOTHES, shipped("train"), shipped("t10k"), limit);
        }
        if (dataDir != null) {
            Reasons.requireFolder("data-dir", dataDir);
        }
        if (entry == Entry.FOLDER) {
            return anyFolder(dataDir, limit, rules);
        }
        Path folder = folderOf(entry, dataDir);
        if (folder == null) {
            folder = download(entry, dataDir);
        }
        return switch (entry) {
            case CIFAR10 -> CifarFiles.readTen(name, THINGS, folder, limit);
            case CIFAR100 -> CifarFiles.readHundred(name, folder, limit);
            case SVHN -> SvhnFiles.readSplits(name, DIGITS, folder, limit);
            case FASHION_MNIST -> idx(name, CLOTHES, folder, limit);
            case MNIST, MNIST_IDX, FASHION_MINI, FOLDER -> idx(name, DIGITS, folder, limit);
        };
    }

    private static Dataset idx(String name, List<String> classes, Path folder, int limit) throws DatasetException {
        return Dataset.of(
                name,
                classes,
                IdxFiles.read(folder, "train", classes.size()),
                IdxFiles.read(folder, "t10k", classes.size()),
                limit);
    }

    /** Opens any folder, and logs its layout. */
    private Dataset anyFolder(@Nullable Path dataDir, int limit, PictureRules rules) throws DatasetException {
        if (dataDir == null) {
            throw new DatasetException("dataset folder requires data-dir, the folder to use");
        }
        OwnFolder own = OwnFolder.of(dataDir);
        if (own.layout() != FolderLayout.IMAGES && (rules.size() != 0 || rules.onBad() != OnBadPicture.FAIL)) {
            String given = rules.size() == 0 ? "on-bad-picture is " + rules.onBad() : "image-size is " + rules.size();
            throw new DatasetException(given + ", allowed is none: " + dataDir + " holds " + own.layout());
        }
        Dataset dataset = own.read(Entry.FOLDER.label, rules, decoded, limit);
        LOG.infof(
                "%s is %s: %d + %d images, %d x %d, %d classes",
                dataDir,
                own.layout(),
                dataset.train().count(),
                dataset.test().count(),
                dataset.train().height(),
                dataset.train().width(),
                dataset.classNames().size());
        return dataset;
    }

    private static ImageSet shipped(String split) throws DatasetException {
        String images = "/datasets/fashion-mini/" + split + "-images-idx3-ubyte.gz";
        String labels = "/datasets/fashion-mini/" + split + "-labels-idx1-ubyte.gz";
        try (InputStream imageStream = DatasetCatalog.class.getResourceAsStream(images);
                InputStream labelStream = DatasetCatalog.class.getResourceAsStream(labels)) {
            if (imageStream == null || labelStream == null) {
                throw new DatasetException("this trainer was built without " + images);
            }
            return IdxFiles.read(imageStream, images, labelStream, labels, CLOTHES.size());
        } catch (IOException unreadable) {
            throw new DatasetException("cannot read the shipped fashion-mini: " + unreadable.getMessage(), unreadable);
        }
    }

    private @Nullable Path folderOf(Entry entry, @Nullable Path dataDir) {
        List<Path> places =
                dataDir != null ? List.of(dataDir) : List.of(home.resolve(entry.label), SYSTEM.resolve(entry.label));
        for (Path place : places) {
            for (Path folder : List.of(place, place.resolve(subfolder(entry)))) {
                if (isIn(entry, folder)) {
                    return folder;
                }
            }
        }
        return null;
    }

    private static String subfolder(Entry entry) {
        return switch (entry) {
            case CIFAR10 -> "cifar-10-batches-bin";
            case CIFAR100 -> "cifar-100-binary";
            default -> entry.label;
        };
    }

    private static boolean isIn(Entry entry, Path folder) {
        return switch (entry) {
            case CIFAR10 -> Files.isRegularFile(folder.resolve("test_batch.bin"));
            case CIFAR100 -> Files.isRegularFile(folder.resolve("test.bin"));
            case SVHN -> Files.isRegularFile(folder.resolve(SVHN_TRAIN));
            default -> IdxFiles.isIn(folder);
        };
    }

    private static String elsewhere(Entry entry) {
        return entry == Entry.MNIST_IDX || entry == Entry.FOLDER
                ? "a folder named with the order"
                : "is downloaded on first use";
    }

    private Path download(Entry entry, @Nullable Path dataDir) throws DatasetException {
        List<Download.Source> sources = DatasetSources.of(entry);
        if (dataDir != null || sources.isEmpty()) {
            throw new DatasetException("dataset " + entry.label + " is not in "
                    + (dataDir == null ? "any usual place: name its folder with data-dir" : "data-dir " + dataDir));
        }
        for (Download.Source source : sources) {
            Download.fetch(source, home.resolve(entry.label));
        }
        Path folder = folderOf(entry, null);
        if (folder == null) {
            throw new DatasetException("the download of " + entry.label + " does not contain the expected files");
        }
        return folder;
    }
}
