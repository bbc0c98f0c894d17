package org.dietsb.selector.page;

import java.util.List;
import java.util.function.Predicate;
import org.dietsb.selector.run.RunSheet;

/**
 * A page of the list of runs.
 *
 * @param page from 1
 * @param pages number of pages, at least 1
 */
record RunList(List<RunRow> runs, int page, int pages) {
    static final int ROWS = 50;

    /** Returns the page with the given number, or the nearest existing page. */
    static RunList of(List<RunSheet> newestFirst, Predicate<RunSheet> lost, int asked) {
        int pages = Math.max(1, (newestFirst.size() + ROWS - 1) / ROWS);
        int page = Math.max(1, Math.min(asked, pages));
        return new RunList(
                newestFirst.stream()
                        .skip((page - 1L) * ROWS)
                        .limit(ROWS)
                        .map(run -> RunRow.of(run, lost.test(run)))
                        .toList(),
                page,
                pages);
    }
}
