package org.dietsb.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of a report: a ratio to a base that was measured in the same rounds, or what else the report compares, and other
 * figures.
 *
 * @param spread that of each round, summed up
 * @param limit null where there is none
 * @param figures what else was measured, by name: words and numbers are shown, maps are only written as JSON
 */
record Row(String name, Spread spread, @Nullable Limit limit, Map<String, Object> figures) {

    /** Copies the figures, in their order. */
    Row {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    Row(String name, Spread spread, @Nullable Limit limit) {
        this(name, spread, limit, Map.of());
    }

    /** The same with one more figure. */
    Row with(String figure, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Row(name, spread, limit, more);
    }
}
