package org.dietsb.selector.report;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.dietsb.selector.policy.Smallest;

/** How often the masks of a run, of its surviving attempts, selected each example of its training set. Immutable. */
public final class Usage {
    private final String runId;
    private final long attempt;
    private final int epoch;
    private final int batch;
    private final char[] times;

    /** An example, and how often it was selected, counted up to 65,535. */
    public record Used(int index, int times) {}

    /**
     * Counts as they were then.
     *
     * @param epoch from 1
     * @param batch how many batches of the epoch were judged
     * @param times [examples], not changed any more
     */
    Usage(String runId, long attempt, int epoch, int batch, char[] times) {
        this.runId = runId;
        this.attempt = attempt;
        this.epoch = epoch;
        this.batch = batch;
        this.times = times;
    }

    public String runId() {
        return runId;
    }

    public long attempt() {
        return attempt;
    }

    /** The epoch then, from 1. */
    public int epoch() {
        return epoch;
    }

    /** How many batches of the epoch were judged then. */
    public int batch() {
        return batch;
    }

    /** How many examples the training set has, before any diet. */
    public int examples() {
        return times.length;
    }

    /** How often this example was selected. */
    public int times(int index) {
        return times[index];
    }

    /** How many examples were selected so often, by how often. */
    public SortedMap<Integer, Integer> histogram() {
        SortedMap<Integer, Integer> histogram = new TreeMap<>();
        for (char of : times) {
            histogram.merge((int) of, 1, Integer::sum);
        }
        return histogram;
    }

    /** The {@code count} least selected, the least first; ties by index. */
    public List<Used> least(int count) {
        return first(count, 1);
    }

    /** The {@code count} most selected, the most first; ties by index. */
    public List<Used> most(int count) {
        return first(count, -1);
    }

    private List<Used> first(int count, int sign) {
        double[] keys = IntStream.range(0, times.length)
                .mapToDouble(index -> sign * (double) times[index])
                .toArray();
        return IntStream.of(Smallest.places(keys, Math.min(count, times.length)))
                .mapToObj(index -> new Used(index, times[index]))
                .sorted(Comparator.<Used>comparingInt(used -> sign * used.times).thenComparingInt(Used::index))
                .toList();
    }
}
