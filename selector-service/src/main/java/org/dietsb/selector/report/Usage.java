package org.dietsb.selector.report;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.dietsb.selector.policy.Smallest;

/**
 * How often the masks of a run's surviving attempts selected each example of its training set.
 *
 * @param epoch the running epoch at that time, from 1
 * @param batch number of its batches judged by then
 * @param times [examples] counts up to 65,535; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
public record Usage(String runId, long attempt, int epoch, int batch, char[] times) {
    /** Size of the largest training set whose usage is reported. */
    public static final int LARGEST = 16_777_216;

    /** An example and how often it was selected. */
    public record Used(int index, int times) {}

    /** Size of the training set, before any diet. */
    public int examples() {
        return times.length;
    }

    /** Returns how often this example was selected. */
    public int times(int index) {
        return times[index];
    }

    /** Returns the number of examples by how often they were selected. */
    public SortedMap<Integer, Integer> histogram() {
        SortedMap<Integer, Integer> histogram = new TreeMap<>();
        for (char of : times) {
            histogram.merge((int) of, 1, Integer::sum);
        }
        return histogram;
    }

    /** Returns the {@code count} least selected examples, the least first; ties by index. */
    public List<Used> least(int count) {
        return first(count, 1);
    }

    /** Returns the {@code count} most selected examples, the most first; ties by index. */
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
