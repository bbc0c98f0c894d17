package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dietsb.selector.run.RunSheet;

/**
 * A stretch of the timeline: from the first batch of a policy to that of the next one, or to the run's current position.
 *
 * @param start in per cent of the run
 * @param length in per cent of the run
 */
record Stretch(long revision, String policy, String kind, String start, String length, String where) {

    static List<Stretch> of(RunSheet run) {
        List<Stretch> stretches = new ArrayList<>();
        List<RunSheet.Placed> placed = run.placed();
        for (int i = 0; i < placed.size(); i++) {
            RunSheet.Placed here = placed.get(i);
            double end = i + 1 < placed.size() ? placed.get(i + 1).from() : Math.max(here.from(), run.progress());
            stretches.add(new Stretch(
                    here.revision(),
                    here.known() ? Words.policy(here.policy()) : Words.UNKNOWN_POLICY,
                    here.known() ? here.policy().kind().label() : "",
                    percent(here.from()),
                    percent(end - here.from()),
                    "from epoch " + here.epoch() + ", batch " + here.batch()));
        }
        return stretches;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }
}
