package org.dietsb.launcher.report;

import java.util.Collection;
import java.util.List;
import org.dietsb.launcher.text.Columns;

/** A table. The first cell of a row is its heading. */
public record Grid(String caption, List<String> headings, List<List<String>> rows) {
    /** Copies its lists. */
    public Grid {
        headings = List.copyOf(headings);
        rows = rows.stream().map(List::copyOf).toList();
    }

    static <T> Grid of(String caption, Columns<T> columns, Collection<T> items) {
        return new Grid(caption, columns.headings(), columns.rows(items));
    }
}
