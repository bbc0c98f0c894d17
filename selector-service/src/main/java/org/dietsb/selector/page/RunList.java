package org.dietsb.selector.page;

import java.util.List;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * A page of the list of runs.
 *
 * @param page from 1
 * @param pages number of pages, at least 1
 * @param found number of runs that the filter leaves, on all pages
 * @param tags by which the list may be filtered; only "any" if no run has one
 * @param folded number of members of scorings and proxies that are not shown
 */
record RunList(
        List<RunRow> runs, int page, int pages, int found, long folded, List<RunFilter.Choice> tags, RunFilter filter) {
    static final int ROWS = 50;

    /** What the list knows of a run beyond its last event. */
    @FunctionalInterface
    interface Notes {
        /** Whether its loop seems to have ended without saying so. */
        boolean isLost(RunSheet run);

        /** What a queued run waits for; empty for others. */
        default String waitsFor(RunSheet run) {
            return "";
        }

        /** What the scores of its diet cost; null if it needs none, or if that is not known. */
        default @Nullable ScoringCost scoring(RunSheet run) {
            return null;
        }

        /** Policies that are still to take effect; empty if there are none. */
        default String pending(RunSheet run) {
            return "";
        }
    }

    /** Returns the page that the filter asks for, or the nearest existing page. */
    static RunList of(List<RunSheet> newestFirst, Notes notes, RunFilter filter) {
        List<RunSheet> found = filter.of(newestFirst, notes::isLost);
        int pages = Math.max(1, (found.size() + ROWS - 1) / ROWS);
        int page = Math.max(1, Math.min(filter.page(), pages));
        return new RunList(
                found.stream()
                        .skip((page - 1L) * ROWS)
                        .limit(ROWS)
                        .map(run -> RunRow.of(
                                run, notes.isLost(run), notes.waitsFor(run), notes.scoring(run), notes.pending(run)))
                        .toList(),
                page,
                pages,
                found.size(),
                filter.helpersShown()
                        ? 0
                        : newestFirst.stream().filter(RunFilter::isHelper).count(),
                filter.tags(newestFirst),
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
