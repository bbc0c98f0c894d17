package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The places of the smallest keys. */
public final class Smallest {
    private Smallest() {}

    /** Places [0, n) by ascending key; ties keep their order. */
    public static int[] order(double[] keys) {
        return IntStream.range(0, keys.length)
                .boxed()
                .sorted((a, b) -> Double.compare(keys[a], keys[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The places of the m smallest keys, ascending by place. */
    static int[] places(double[] keys, int m) {
        int[] first = Arrays.copyOf(order(keys), m);
        Arrays.sort(first);
        return first;
    }
}
