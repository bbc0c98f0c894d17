package org.dietsb.selector.history;

/** How many of a run's batch masks selected each example; memory grows with the examples that any selected. Not thread-safe. */
public final class TimesSelected {
    /** What is selected more often is counted so often. */
    public static final int MOST = Character.MAX_VALUE;

    private static final int PAGE = 4_096;
    /** Bytes of an array's header and of the reference to it, at most. */
    private static final int PAGE_OVERHEAD = 24;

    private final int examples;
    /** Numbers of 16 bits, without a sign. */
    private final char[][] pages;

    /** For a training set of this many examples, none of which was selected yet. */
    public TimesSelected(int examples) {
        this.examples = examples;
        this.pages = new char[pages(examples)][];
    }

    private static int pages(int examples) {
        return (int) ((examples - 1L + PAGE) / PAGE);
    }

    /** Bytes it takes when every example of so many was selected. */
    public static long bytes(int examples) {
        return pages(examples) * (Character.BYTES * (long) PAGE + PAGE_OVERHEAD);
    }

    /** Counts one more of this example. */
    public void count(int index) {
        char[] page = page(index);
        if (page[index % PAGE] < MOST) {
            page[index % PAGE]++;
        }
    }

    /** Notes how often this example was selected, in [0, {@link #MOST}]. */
    public void note(int index, int times) {
        if (times > 0 || pages[index / PAGE] != null) {
            page(index)[index % PAGE] = (char) times;
        }
    }

    private char[] page(int index) {
        char[] page = pages[index / PAGE];
        if (page == null) {
            page = new char[PAGE];
            pages[index / PAGE] = page;
        }
        return page;
    }

    /** How often this example was selected. */
    public int of(int index) {
        char[] page = pages[index / PAGE];
        return page == null ? 0 : page[index % PAGE];
    }

    /** The first example from {@code index} on that was selected; the number of examples if there is none. */
    public int next(int index) {
        for (int i = index; i < examples; i++) {
            if (pages[i / PAGE] == null) {
                // On to the page after it; as a long, because that may lie beyond the largest int.
                i = (int) Math.min(examples, (i / PAGE + 1L) * PAGE) - 1;
            } else if (of(i) > 0) {
                return i;
            }
        }
        return examples;
    }

    /** How many examples it is for. */
    public int examples() {
        return examples;
    }

    /** All counts, in a new array. */
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
