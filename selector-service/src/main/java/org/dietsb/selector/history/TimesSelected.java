package org.dietsb.selector.history;

/** Counts how many batch masks of a run selected each example. Memory grows with the number of selected examples. Not thread-safe. */
public final class TimesSelected {
    /** The largest count; it stands for all above it. */
    public static final int MOST = Character.MAX_VALUE;

    private static final int PAGE = 4_096;
    /** Maximum size of an array's header and of the reference to it, in bytes. */
    private static final int PAGE_OVERHEAD = 24;

    private final int examples;
    /** Unsigned 16-bit counts, by page, allocated with its first selection; of length 0 until there is one. */
    private char[][] pages = {};

    /** Creates one for a training set of this size, with all counts 0. */
    public TimesSelected(int examples) {
        this.examples = examples;
    }

    private static int pages(int examples) {
        return (int) ((examples - 1L + PAGE) / PAGE);
    }

    /** Returns the size in bytes when all of this many examples were selected. */
    public static long bytes(int examples) {
        return pages(examples) * (Character.BYTES * (long) PAGE + PAGE_OVERHEAD);
    }

    /** Counts a selection of this example. */
    public void count(int index) {
        char[] page = page(index);
        if (page[index % PAGE] < MOST) {
            page[index % PAGE]++;
        }
    }

    /** Sets the count of this example, in [0, {@link #MOST}]. */
    public void note(int index, int times) {
        if (times > 0 || of(index) > 0) {
            page(index)[index % PAGE] = (char) times;
        }
    }

    private char[] page(int index) {
        if (pages.length == 0) {
            pages = new char[pages(examples)][];
        }
        char[] page = pages[index / PAGE];
        if (page == null) {
            page = new char[PAGE];
            pages[index / PAGE] = page;
        }
        return page;
    }

    /** Returns how often this example was selected. */
    public int of(int index) {
        char[] page = pages.length == 0 ? null : pages[index / PAGE];
        return page == null ? 0 : page[index % PAGE];
    }

    /** Returns the first example from {@code index} on that was selected; the number of examples if there is none. */
    public int next(int index) {
        for (int i = pages.length == 0 ? examples : index; i < examples; i++) {
            if (pages[i / PAGE] == null) {
                // Skips to the next page; as a long, because its index may exceed the largest int.
                i = (int) Math.min(examples, (i / PAGE + 1L) * PAGE) - 1;
            } else if (of(i) > 0) {
                return i;
            }
        }
        return examples;
    }

    /** Size of the training set. */
    public int examples() {
        return examples;
    }

    /** Returns all counts, in a new array. */
    public char[] all() {
        char[] all = new char[examples];
        for (int page = 0; page < pages.length; page++) {
            if (pages[page] != null) {
                System.arraycopy(pages[page], 0, all, page * PAGE, Math.min(PAGE, examples - page * PAGE));
            }
        }
        return all;
    }
}
