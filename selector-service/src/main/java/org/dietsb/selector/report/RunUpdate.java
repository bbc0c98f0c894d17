package org.dietsb.selector.report;

import org.jspecify.annotations.Nullable;

/**
 * A report of a run, with its usage if an epoch or the run has ended.
 *
 * @param usage null unless an epoch or the run has ended
 */
public record RunUpdate(RunReport report, @Nullable Usage usage) {

    /** Adds the usage of the run at the time of the report; the counts must not be changed afterwards. */
    public static RunUpdate withUsage(RunReport report, char[] times) {
        return new RunUpdate(
                report, new Usage(report.runId(), report.attempt(), report.epoch(), report.batch(), times));
    }
}
