package org.dietsb.launcher.report;

import java.util.List;

/** A table. The first cell of a row is its heading. */
public record Grid(String caption, List<String> headings, List<List<String>> rows) {
    /** Copies its lists. */
    public Grid {
        headings = List.copyOf(headings);
        rows = rows.stream().map(List::copyOf).toList();
    }
}
