package org.dietsb.selector.page;

import java.util.List;
import java.util.function.Predicate;
import org.dietsb.selector.run.RunSheet;

/**
 * A page of the list of runs.
 *
 * @param page from 1
 * @param pages number of pages, at least 1
 * @param found number of runs that the filter leaves, on all pages
 * @param folded number of members of scorings and proxies that are not shown
 */
record RunList(List<RunRow> runs, int page, int pages, int found, long folded, RunFilter filter) {
    static final int ROWS = 50;

    /** Returns the page that the filter asks for, or the nearest existing page. */
    static RunList of(List<RunSheet> newestFirst, Predicate<RunSheet> lost, RunFilter filter) {
        List<RunSheet> found = filter.of(newestFirst, lost);
        int pages = Math.max(1, (found.size() + ROWS - 1) / ROWS);
        int page = Math.max(1, Math.min(filter.page(), pages));
        return new RunList(
                found.stream()
                        .skip((page - 1L) * ROWS)
                        .limit(ROWS)
                        .map(run -> RunRow.of(run, lost.test(run)))
                        .toList(),
                page,
                pages,
                found.size(),
                filter.helpersShown()
                        ? 0
                        : newestFirst.stream().filter(RunFilter::isHelper).count(),
                filter);
    }

    /** Returns the query of another page of this list. */
    public String query(int other) {
        return filter.query(other);
    }

    /** Says how many runs are shown and how many are not. */
    public String words() {
        return found
                + (found == 1 ? " run" : " runs")
                + (folded == 0 ? "" : "; " + folded + " of scorings and proxies not shown");
    }
}
