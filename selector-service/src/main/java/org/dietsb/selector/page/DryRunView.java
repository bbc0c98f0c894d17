package org.dietsb.selector.page;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dietsb.selector.report.Forecast;
import org.dietsb.selector.report.LastBatch;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.report.Trial;
import org.dietsb.selector.report.Verdict;

/**
 * The effect that a policy would have on a run's last batches, as text.
 *
 * @param problem why the effect is unknown; empty if it is known
 * @param where the batches, in words
 * @param seconds forecast of an epoch; empty if there is none
 * @param again path from which to load the dry run again after a moment; empty if retrying is pointless
 */
record DryRunView(
        String problem,
        String again,
        String where,
        String kept,
        String keptNow,
        String passes,
        String passesNow,
        String stillKept,
        String jaccard,
        String seconds,
        String secondsNow) {

    /** Returns what was tried, with the forecast of its epochs if there is one. */
    static DryRunView of(RunReport run, Trial trial, Function<Verdict, Optional<Forecast>> forecasts) {
        if (trial instanceof Trial.Impossible impossible) {
            return unknown(impossible.reason(), "");
        }
        Trial.Judged judged = (Trial.Judged) trial;
        Verdict all = judged.all();
        Optional<Forecast> forecast = forecasts.apply(all);
        return new DryRunView(
                "",
                "",
                where(run, judged.batches()),
                Words.percent(all.shareKept()),
                Words.percent(all.shareKeptNow()),
                Words.number(all.passes()),
                Words.number(all.passesNow()),
                Words.percent(all.stillKept()),
                Words.number(all.jaccard()),
                forecast.map(epoch -> Words.seconds(epoch.seconds())).orElse(""),
                forecast.map(epoch -> Words.seconds(epoch.secondsNow())).orElse(""));
    }

    private static String where(RunReport run, List<Trial.OfBatch> batches) {
        Trial.OfBatch last = batches.get(batches.size() - 1);
        LastBatch newest = run.lastBatches().get(run.lastBatches().size() - 1);
        String count = batches.size() == 1 ? "batch" : batches.size() + " batches";
        return last.epoch() == newest.epoch() && last.batch() == newest.batch()
                ? "the run's last " + count
                : "the last " + count + " with a selection pass, of epoch " + last.epoch();
    }

    static DryRunView unknown(String problem, String again) {
        return new DryRunView(problem, again, "", "", "", "", "", "", "", "", "");
    }
}
