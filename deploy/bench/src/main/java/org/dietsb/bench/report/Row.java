package org.dietsb.bench.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;

/**
 * A line of a report: a ratio to a base measured in the same rounds, or another value that the report compares, and further
 * figures.
 *
 * @param limit null if there is none
 * @param figures further measurements by name; words and numbers are shown in the table, maps only in JSON
 */
public record Row(String name, Spread spread, @Nullable Limit limit, Map<String, Object> figures) {

    /** Copies the figures, keeping their order. */
    public Row {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /** Creates a row without further figures. */
    public Row(String name, Spread spread, @Nullable Limit limit) {
        this(name, spread, limit, Map.of());
    }

    /** Returns a copy with one more figure. */
    public Row with(String figure, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(figures);
        more.put(figure, value);
        return new Row(name, spread, limit, more);
    }
}
