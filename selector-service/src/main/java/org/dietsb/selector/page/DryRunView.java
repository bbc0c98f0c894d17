package org.dietsb.selector.page;

import org.dietsb.selector.report.Trial;
import org.dietsb.selector.report.Verdict;

/**
 * What a policy would make of a run's last batches, as text.
 *
 * @param problem why that is not known, in words; empty if it is
 * @param again where to ask again in a moment; empty if that is no use
 */
record DryRunView(
        String problem,
        String again,
        int batches,
        String kept,
        String keptNow,
        String passes,
        String passesNow,
        String stillKept,
        String jaccard) {

    static DryRunView of(Trial trial) {
        if (trial instanceof Trial.Impossible impossible) {
            return unknown(impossible.reason());
        }
        Trial.Judged judged = (Trial.Judged) trial;
        Verdict all = judged.all();
        return new DryRunView(
                "",
                "",
                judged.batches().size(),
                Words.percent(all.shareKept()),
                Words.percent(all.shareKeptNow()),
                Words.number(all.passes()),
                Words.number(all.passesNow()),
                Words.percent(all.stillKept()),
                Words.number(all.jaccard()));
    }

    static DryRunView unknown(String problem) {
        return awaited(problem, "");
    }

    static DryRunView awaited(String problem, String again) {
        return new DryRunView(problem, again, 0, "", "", "", "", "", "");
    }
}
