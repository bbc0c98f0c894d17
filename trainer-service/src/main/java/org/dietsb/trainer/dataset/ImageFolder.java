package org.dietsb.trainer.dataset;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pictures in one folder per class, as usual for ImageNet: {@code train/CLASS/..} and {@code val/CLASS/..}, or {@code test} if there
 * is no {@code val}. Classes are numbered in the order of their names.
 */
final class ImageFolder {
    private static final String TRAIN = "train";
    private static final int MOST_NAMED = 5;

    private ImageFolder() {}

    /**
     * Reads both splits; each is decoded once.
     *
     * @param cache folder of decoded pictures
     */
    static Dataset read(String name, Path folder, PictureRules rules, Path cache, int limit) throws DatasetException {
        Path train = folder.resolve(TRAIN);
        Path test = Files.exists(folder.resolve("val"), LinkOption.NOFOLLOW_LINKS)
                ? folder.resolve("val")
                : folder.resolve("test");
        if (!Files.exists(test, LinkOption.NOFOLLOW_LINKS)) {
            throw new DatasetException(
                    folder + " has a folder train, but neither val nor test: there is nothing to evaluate on");
        }
        PictureWalk ofTrain = new PictureWalk(train, rules.mayRead());
        PictureWalk ofTest = new PictureWalk(test, rules.mayRead());
        requireSameClasses(ofTrain.classes(), train, ofTest.classes(), test);
        List<String> classes = ofTrain.classes();
        int side = rules.side();
        PixelFacts facts =
                new PixelFacts(name, limit == 0 ? ofTrain.count() : Math.min(limit, ofTrain.count()), 3, side, side);
        DecodedImages.Split trainSet = DecodedImages.open(ofTrain, rules, cache, facts);
        DecodedImages.Split testSet = DecodedImages.open(ofTest, rules, cache, null);
        ImageSet used = trainSet.images().first(limit);
        FactsFile file = new FactsFile(cache, trainSet.content(), name, classes.size(), used);
        PixelFacts.Facts known = file.read();
        if (known == null) {
            known = facts.isOf(used.count())
                    ? facts.finish(classes.size(), used.labels())
                    : PixelFacts.of(name, classes.size(), used);
            file.write(known);
        }
        return Dataset.of(name, classes, used, testSet.images(), known).without(trainSet.skipped() + testSet.skipped());
    }

    private static void requireSameClasses(List<String> ofTrain, Path train, List<String> ofTest, Path test)
            throws DatasetException {
        String missing = difference(ofTrain, ofTest);
        String more = difference(ofTest, ofTrain);
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

    private static String difference(List<String> names, List<String> others) {
        Set<String> known = new HashSet<>(others);
        return some(names.stream().filter(name -> !known.contains(name)).toList());
    }

    /** Joins the first few of a list, and the number of the rest. */
    static String some(List<String> all) {
        return all.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (all.size() > MOST_NAMED ? " and " + (all.size() - MOST_NAMED) + " more" : "");
    }
}
