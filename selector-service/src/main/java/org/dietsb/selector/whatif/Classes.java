package org.dietsb.selector.whatif;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.dietsb.selector.diet.ScoreSet;

/** The classes of a training set, from the labels of a score set of it; none if no score set has labels. Immutable. */
final class Classes {
    /** Maximum number of classes. */
    static final int MOST = 1_000;
    /** Shares are rounded to one of so many parts. */
    private static final double PARTS = 1e4;

    private final String scoreSet;
    private final String reason;
    private final int[] labels;
    private final List<Integer> sizes;

    private Classes(String scoreSet, String reason, int[] labels, List<Integer> sizes) {
        this.scoreSet = scoreSet;
        this.reason = reason;
        this.labels = labels;
        this.sizes = List.copyOf(sizes);
    }

    /** Returns no classes, and why there are none. */
    static Classes none(String reason) {
        return new Classes("", reason, new int[0], List.of());
    }

    /** Returns the classes of a labelled score set; none if there are too many. */
    static Classes of(ScoreSet labelled) {
        int[] labels = labelled.labels();
        int count = 0;
        for (int label : labels) {
            count = Math.max(count, label + 1);
        }
        if (count > MOST) {
            return none("score set " + labelled.id() + " has " + count + " classes, allowed are " + MOST);
        }
        int[] sizes = new int[count];
        for (int label : labels) {
            sizes[label]++;
        }
        List<Integer> all = new ArrayList<>();
        for (int size : sizes) {
            all.add(size);
        }
        return new Classes(labelled.id(), "", labels, all);
    }

    /** Whether there are any. */
    boolean areKnown() {
        return !sizes.isEmpty();
    }

    /** The score set whose labels these are; empty if there are none. */
    String scoreSet() {
        return scoreSet;
    }

    /** Why there are no classes; empty if there are. */
    String reason() {
        return reason;
    }

    /** Number of examples of each class. */
    List<Integer> sizes() {
        return sizes;
    }

    /** Returns the share of each class that is selected; 0 of an empty class. */
    List<Double> shares(BitSet selected) {
        int[] counts = counts(selected);
        List<Double> shares = new ArrayList<>();
        for (int label = 0; label < counts.length; label++) {
            shares.add(rounded(counts[label], Math.max(1, sizes.get(label))));
        }
        return shares;
    }

    /** Returns for each class the share of its examples selected by either that is selected by both; 1 if neither selects any. */
    List<Double> overlaps(BitSet one, BitSet other) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        BitSet either = (BitSet) one.clone();
        either.or(other);
        int[] ofBoth = counts(both);
        int[] ofEither = counts(either);
        List<Double> overlaps = new ArrayList<>();
        for (int label = 0; label < ofBoth.length; label++) {
            overlaps.add(ofEither[label] == 0 ? 1.0 : rounded(ofBoth[label], ofEither[label]));
        }
        return overlaps;
    }

    private int[] counts(BitSet selected) {
        int[] counts = new int[sizes.size()];
        for (int i = selected.nextSetBit(0); i >= 0 && i < labels.length; i = selected.nextSetBit(i + 1)) {
            counts[labels[i]]++;
        }
        return counts;
    }

    private static double rounded(int part, int whole) {
        return Math.rint(part * PARTS / whole) / PARTS;
    }
}
