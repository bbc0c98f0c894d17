package org.dietsb.selector.report;

import org.jspecify.annotations.Nullable;

/**
 * What is told of a run at a time.
 *
 * @param usage with it, where an epoch or the run has ended
 */
public record Told(RunReport report, @Nullable Usage usage) {

    /**
     * With the usage of the run as it is now.
     *
     * @param times [examples] of each example how often it was selected; not changed any more
     */
    public static Told withUsage(RunReport report, char[] times) {
        return new Told(report, new Usage(report.runId(), report.attempt(), report.epoch(), report.batch(), times));
    }
}
