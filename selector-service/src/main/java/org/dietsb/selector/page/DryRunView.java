package org.dietsb.selector.page;

import org.dietsb.selector.report.Trial;
import org.dietsb.selector.report.Verdict;

/**
 * The effect that a policy would have on a run's last batches, as text.
 *
 * @param problem why the effect is unknown; empty if it is known
 * @param again path from which to load the dry run again after a moment; empty if retrying is pointless
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
            return unknown(impossible.reason(), "");
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

    static DryRunView unknown(String problem, String again) {
        return new DryRunView(problem, again, 0, "", "", "", "", "", "");
    }
}
