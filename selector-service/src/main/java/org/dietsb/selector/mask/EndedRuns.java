package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dietsb.selector.report.RunUpdate;
import org.dietsb.selector.report.Usage;

/** Last reports of runs that have ended and are not reported yet; the latest. One thread. */
final class EndedRuns {
    /** Number of examples of ended runs whose usage is kept until it is reported; one run is not above it. */
    private static final long MOST_EXAMPLES = Usage.LARGEST;

    private final Map<String, RunUpdate> reports;
    private long examples;

    /** Creates one for at most so many runs. */
    EndedRuns(int most) {
        this.reports = new Latest<>(most);
    }

    /** Notes the last report of a run; without its usage if those before take too much. */
    void add(RunUpdate last) {
        Usage usage = last.usage();
        examples += usage == null ? 0 : usage.examples();
        boolean fits = examples <= MOST_EXAMPLES;
        reports.put(last.report().runId(), fits ? last : new RunUpdate(last.report(), null));
    }

    /** Returns the reports since the last call. */
    List<RunUpdate> take() {
        List<RunUpdate> taken = new ArrayList<>(reports.values());
        reports.clear();
        examples = 0;
        return taken;
    }
}
