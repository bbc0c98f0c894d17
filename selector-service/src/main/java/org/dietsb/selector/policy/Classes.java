package org.dietsb.selector.policy;

import org.jspecify.annotations.Nullable;

/** The examples of a training set by their classes. Immutable. */
public final class Classes {
    /** Labels are sorted by two digits of so many bits, by one if all are below 65,536. */
    private static final int DIGIT_BITS = 16;

    /** All examples, those of a class together and in order; classes by label. */
    private final int[] examples;
    /** First place of each class in {@link #examples}, and their number. */
    private final int[] firsts;

    private Classes(int[] examples, int[] firsts) {
        this.examples = examples;
        this.firsts = firsts;
    }

    /**
     * Sorts examples by class.
     *
     * @param labels [N], 0 or more; classes without examples do not count
     */
    public static Classes of(int[] labels) {
        int[] byLow = sorted(labels, null, 0);
        int[] examples = hasTwoDigits(labels) ? sorted(labels, byLow, DIGIT_BITS) : byLow;
        int count = 0;
        for (int place = 0; place < examples.length; place++) {
            count += begins(labels, examples, place) ? 1 : 0;
        }
        int[] firsts = new int[count + 1];
        int number = 0;
        for (int place = 0; place < examples.length; place++) {
            if (begins(labels, examples, place)) {
                firsts[number++] = place;
            }
        }
        firsts[count] = examples.length;
        return new Classes(examples, firsts);
    }

    private static boolean begins(int[] labels, int[] examples, int place) {
        return place == 0 || labels[examples[place]] != labels[examples[place - 1]];
    }

    /** Returns the bytes per example that sorting by these labels takes. */
    public static int bytesPerExample(int[] labels) {
        return hasTwoDigits(labels) ? 2 * Integer.BYTES : Integer.BYTES;
    }

    private static boolean hasTwoDigits(int[] labels) {
        int all = 0;
        for (int label : labels) {
            all |= label;
        }
        return all >>> DIGIT_BITS != 0;
    }

    /** Returns the number of classes. */
    public int count() {
        return firsts.length - 1;
    }

    /** Returns the number of examples of a class, which is given by its number, from 0. */
    public int size(int number) {
        return firsts[number + 1] - firsts[number];
    }

    /** Returns an example of a class, by its place there, from 0; examples are in order. */
    public int example(int number, int place) {
        return examples[firsts[number] + place];
    }

    /** Returns these examples, or all if null, by the digit of their label that begins at a bit; those with the same digit in their order. */
    private static int[] sorted(int[] labels, int @Nullable [] examples, int shift) {
        int[] starts = new int[(1 << DIGIT_BITS) + 1];
        for (int label : labels) {
            starts[digit(label, shift) + 1]++;
        }
        for (int digit = 0; digit < 1 << DIGIT_BITS; digit++) {
            starts[digit + 1] += starts[digit];
        }
        int[] sorted = new int[labels.length];
        for (int i = 0; i < sorted.length; i++) {
            int example = examples == null ? i : examples[i];
            sorted[starts[digit(labels[example], shift)]++] = example;
        }
        return sorted;
    }

    private static int digit(int label, int shift) {
        return (label >>> shift) & ((1 << DIGIT_BITS) - 1);
    }
}
